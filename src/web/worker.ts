/** Runs the kernel away from the page, and everything that is shown of a theorem: one worker is asked about one text. */
import { checkCertificate } from '../kernel/check.js';
import type { Theorem } from '../kernel/theorem.js';
import { type Block, print } from '../report/document.js';
import { explanation } from '../report/explain.js';
import { inspect } from '../report/inspect.js';
import { LiveSlice } from '../report/live-slice.js';
import { pictures, tellingViews } from '../report/plot.js';
import { reasonInWords } from '../report/reason-in-words.js';
import { samplesTable } from '../report/samples-table.js';
import { verdictPieces } from '../report/statement.js';
import type { Answer, Part, Question, Verdict } from './messages.js';

const tell = (answer: Answer): void => self.postMessage(answer);
/** Between two parts, what the page asks meanwhile is answered. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let proved: Theorem | null = null;
let slice: { readonly seed: number; readonly live: LiveSlice } | null = null;

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  if (data.ask === 'check') void check(data.text);
  else void attempt('slice', () => showSlice(data));
});

async function check(text: string): Promise<void> {
  const start = performance.now();
  let verdict: Verdict;
  try {
    const found = checkCertificate(text);
    if (found.kind === 'proved') {
      proved = found.theorem;
      verdict = { kind: 'proved', pieces: await verdictPieces(found.theorem) };
    } else {
      verdict = { kind: found.kind, path: found.path, code: found.reason.code, message: reasonInWords(found.reason) };
    }
  } catch (error) {
    proved = null;
    verdict = { kind: 'failed', path: '$', code: 'internal', message: `internal error: ${String(error)}` };
  }
  tell({ tell: 'verdict', verdict, milliseconds: performance.now() - start });
  if (proved !== null) await show(proved);
  tell({ tell: 'done' });
}

/** What cannot be shown is left out: it is no part of the proof. */
async function show(theorem: Theorem): Promise<void> {
  const part = async (name: Part, blocks: readonly Block[]): Promise<void> => {
    tell({ tell: 'part', part: name, markup: await print(blocks, 'html') });
    await pause();
  };
  const { problem, point, family } = theorem.statement;
  const { claim, setting, argument, checked } = await explanation(theorem);
  await part('claim', claim);
  await part('argument', [...setting, ...argument]);
  await part('checked', checked);
  await part('data', samplesTable(problem));
  const views = tellingViews(theorem);
  if (views.includes('slice')) await attempt('slice', () => showSlice({ seed: 1, window: null, mostSide: 121 }));
  for (const view of views) {
    if (view === 'slice') continue;
    await attempt(view, () => {
      for (const markup of pictures(theorem, view)) tell({ tell: 'picture', markup });
    });
  }
  if (problem.type === 'samples' && family === null && point.algebraic === null) {
    await attempt('regions', async () => {
      const markup = await inspect(problem, point, { format: 'html' });
      // Its title is a section of this page.
      const lowered = markup.replaceAll(/<(\/?)h([1-5])>/g, (_, slash, level) => `<${slash}h${Number(level) + 1}>`);
      tell({ tell: 'part', part: 'regions', markup: lowered });
    });
  }
}

async function attempt(what: string, act: () => void | Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    console.warn(`Not shown: ${what}: ${String(error)}`);
  }
  await pause();
}

function showSlice({ seed, window, mostSide }: Omit<Extract<Question, { ask: 'slice' }>, 'ask'>): void {
  if (proved === null) return;
  if (slice?.seed !== seed) slice = { seed, live: new LiveSlice(proved, seed) };
  const shown = window ?? slice.live.whole;
  const picture = shown === null ? null : slice.live.picture(shown, mostSide);
  if (shown === null || picture === null) tell({ tell: 'no-slice' });
  else tell({ tell: 'slice', seed, window: shown, picture });
}
