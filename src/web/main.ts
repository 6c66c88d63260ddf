/** The page. It says "proved" only where the kernel in the worker has said so about exactly the text in the editor. */

import type { BoundString, RiskString } from '../report/risk-string.js';
import { type Checking, check } from './checking.js';
import type { Answer, Part, Verdict } from './messages.js';
import { SliceView } from './slice-view.js';
import './style.css';

interface Opened {
  readonly name: string;
  readonly text: string;
}

const debounceMs = 350;
/** The kernel's own limit for a file. */
const mostBytes = 64 * 2 ** 20;

function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`Cannot find #${id}`);
  return found;
}

const [drop, file, library] = [
  byId('drop', HTMLLabelElement),
  byId('file', HTMLInputElement),
  byId('library', HTMLSelectElement),
];
const [banner, word, what] = [
  byId('verdict', HTMLElement),
  byId('word', HTMLParagraphElement),
  byId('what', HTMLParagraphElement),
];
const [columns, results, numbers, drawn] = [
  byId('columns', HTMLDivElement),
  byId('results', HTMLElement),
  byId('numbers', HTMLDListElement),
  byId('pictures', HTMLDivElement),
];
const editor = byId('text', HTMLTextAreaElement);
const sliceRoot = byId('slice', HTMLDivElement);
const details: Readonly<Partial<Record<Part, HTMLDetailsElement>>> = {
  data: byId('data-details', HTMLDetailsElement),
  regions: byId('regions-details', HTMLDetailsElement),
};
const parts: readonly Part[] = ['claim', 'argument', 'checked', 'data', 'regions'];

let checking: Checking | null = null;
let opened: Opened = { name: '', text: '' };
/** the digest of what the opened text states, once that is proved */
let stated: string | null = null;
let debounce: ReturnType<typeof setTimeout> | undefined;

const slice = new SliceView(sliceRoot, (request) => checking?.ask({ ask: 'slice', ...request }));

/** Words are set as text, never as markup: they may come from the file. */
function say(kind: Verdict['kind'] | 'none' | 'checking', title: string, words: string, another = false): void {
  banner.dataset['kind'] = kind;
  banner.dataset['another'] = `${another}`;
  word.textContent = title;
  what.textContent = words;
}

function open({ name, text }: Opened): void {
  editor.value = text;
  // An editor has line feeds only. JSON allows no line break in a text, so nothing that is stated changes.
  opened = { name, text: editor.value };
  stated = null;
  columns.hidden = false;
  editor.scrollTop = 0;
  document.title = name === '' ? 'cairn: check a certificate' : `${name} – cairn`;
  checkNow();
}

/** From the moment a text changes, nothing is said of the earlier one. */
function withdraw(title: string, words: string): void {
  clearTimeout(debounce);
  checking?.end();
  checking = null;
  banner.dataset['done'] = 'false';
  results.classList.add('stale');
  say('checking', title, words);
}

function checkNow(): void {
  withdraw('Checking …', '');
  const text = editor.value;
  slice.reset();
  checking = check(
    text,
    (answer) => {
      if (editor.value === text) hear(answer);
    },
    (message) => refuse({ kind: 'failed', code: 'internal', path: '$', message }),
  );
}

function clear(): void {
  for (const part of parts) byId(part, HTMLDivElement).replaceChildren();
  for (const box of Object.values(details)) box.hidden = true;
  drawn.replaceChildren();
  numbers.replaceChildren();
  sliceRoot.hidden = true;
  results.classList.remove('stale', 'shown');
}

function hear(answer: Answer): void {
  switch (answer.tell) {
    case 'verdict':
      if (answer.verdict.kind === 'proved') prove(answer.verdict, answer.milliseconds);
      else refuse(answer.verdict);
      return;
    case 'part': {
      byId(answer.part, HTMLDivElement).innerHTML = answer.markup;
      const box = details[answer.part];
      if (box !== undefined) box.hidden = answer.markup.trim() === '';
      return;
    }
    case 'picture': {
      const figure = document.createElement('figure');
      figure.className = 'picture';
      figure.innerHTML = answer.markup;
      drawn.append(figure);
      return;
    }
    case 'slice':
      sliceRoot.hidden = false;
      slice.show(answer.seed, answer.window, answer.picture);
      return;
    case 'no-slice':
      sliceRoot.hidden = true;
      return;
    case 'done':
      banner.dataset['done'] = 'true';
      return;
  }
}

function prove({ pieces }: Extract<Verdict, { kind: 'proved' }>, milliseconds: number): void {
  clear();
  results.classList.add('shown');
  const { sha256 } = pieces.statement;
  const isAsOpened = editor.value === opened.text;
  if (isAsOpened) stated = sha256;
  const another = stated !== null && sha256 !== stated;
  const time = `${pieces.obligations.total} obligations in ${Math.max(1, Math.round(milliseconds))} ms, none assumed`;
  if (another) {
    say(
      'proved',
      'Proved, but another theorem',
      `The text now states something else than the file that was opened: statement sha256:${short(sha256)}…, and not sha256:${short(stated ?? '')}…. ${time}.`,
      true,
    );
  } else {
    const same = isAsOpened || stated === null ? '' : ' The text has changed; what it states has not.';
    say('proved', 'Proved', `${pieces.kind}, by ${pieces.rule}: ${time}.${same}`);
  }
  const { point, better, gap } = pieces.risk;
  const rows: (readonly [string, string, boolean])[] = [];
  if (point !== null) rows.push(['risk at the point', inNumbers(point), false]);
  if (better !== null) rows.push(['risk at the better point', inNumbers(better), false]);
  if (gap !== null) rows.push(['gap', inNumbers(gap), false]);
  rows.push(['obligations', `${pieces.obligations.total}`, false]);
  rows.push(['sha256 of the statement', sha256, true]);
  numbers.replaceChildren(
    ...rows.map(([name, value, isHash]) => {
      const [row, dt, dd] = [document.createElement('div'), document.createElement('dt'), document.createElement('dd')];
      dt.textContent = name;
      dd.textContent = value;
      if (isHash) dd.className = 'hash';
      row.append(dt, dd);
      return row;
    }),
  );
}

const short = (digest: string): string => digest.slice(0, 16);
const longestNumber = 60;

function inNumbers(risk: RiskString | BoundString): string {
  const cut = (text: string): string => (text.length <= longestNumber ? text : `${text.slice(0, longestNumber)}…`);
  if (typeof risk === 'string') return cut(risk);
  return risk.upper === null ? `≥ ${cut(risk.lower)}` : `from ${cut(risk.lower)} to ${cut(risk.upper)}`;
}

function refuse({ kind, code, path, message }: Exclude<Verdict, { kind: 'proved' }>): void {
  clear();
  const titles = { rejected: 'Rejected', declined: 'Declined', failed: 'Not checked' };
  say(kind, `${titles[kind]}: ${code}`, `${path}: ${message}`);
}

/** Files come as bytes; what is no UTF-8 is no certificate. A byte order mark is kept, and the kernel says so. */
async function openFile(given: File | undefined): Promise<void> {
  if (given === undefined) return;
  library.value = '';
  const nothing = (words: string): void => {
    withdraw('', '');
    clear();
    editor.value = '';
    opened = { name: given.name, text: '' };
    say('failed', 'Not read', words);
  };
  if (given.size > mostBytes) return nothing(`expected at most ${mostBytes} bytes, found ${given.size}`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await given.arrayBuffer());
    open({ name: given.name, text });
  } catch {
    nothing('expected UTF-8 text');
  }
}

file.addEventListener('change', () => {
  void openFile(file.files?.[0]);
  file.value = '';
});
for (const name of ['dragenter', 'dragover'] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', () => drop.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  void openFile(event.dataTransfer?.files[0]);
});

editor.addEventListener('input', () => {
  withdraw('Edited: not checked yet', '');
  debounce = setTimeout(checkNow, debounceMs);
});
byId('again', HTMLButtonElement).addEventListener('click', checkNow);
byId('restore', HTMLButtonElement).addEventListener('click', () => {
  editor.value = opened.text;
  checkNow();
});
byId('tamper', HTMLButtonElement).addEventListener('click', () => {
  const places = [...editor.value.matchAll(/[0-9]/g)];
  const place = places[Math.floor(Math.random() * places.length)];
  if (place === undefined) return;
  const digit = (Number(place[0]) + 1 + Math.floor(Math.random() * 9)) % 10;
  editor.setRangeText(`${digit}`, place.index, place.index + 1, 'select');
  editor.focus({ preventScroll: true });
  // About where it is: lines are about equally long.
  editor.scrollTop = (editor.scrollHeight * place.index) / editor.value.length - editor.clientHeight / 2;
  checkNow();
});
byId('save', HTMLButtonElement).addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([editor.value], { type: 'application/json' }));
  link.download = opened.name === '' ? 'certificate.cert.json' : opened.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
});

function embedded<V>(id: string, isIt: (value: unknown) => value is V): V {
  const value: unknown = JSON.parse(byId(id, HTMLScriptElement).textContent);
  if (!isIt(value)) throw new Error(`Cannot read #${id}`);
  return value;
}
const isOpened = (value: unknown): value is Opened =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  'text' in value &&
  typeof value.name === 'string' &&
  typeof value.text === 'string';

const certificates = embedded('certificates', (value) => Array.isArray(value) && value.every(isOpened));
certificates.forEach(({ name }, k) => {
  library.append(new Option(name, `${k}`));
});
library.addEventListener('change', () => {
  const picked = certificates[Number(library.value)];
  if (library.value !== '' && picked !== undefined) open(picked);
});

const given = embedded('opened', (value) => value === null || isOpened(value));
if (given !== null) open(given);
