/**
 * The thread of `verify --resume`: checks one certificate, and tells how far it has come. The kernel never pauses, so what comes from outside,
 * Ctrl-C for one, is heard by the other thread, which raises a flag that is looked at after each line.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Checked, checkFile, type Question, type Resumed, Stopped, UnfitState } from './check-file.js';
import { type State, sha256Of } from './resume-state.js';

export interface Task {
  readonly question: Question;
  /** where an earlier run stopped, or null: from the start */
  readonly state: State | null;
  /** one number: 1 as soon as the check is to be stopped */
  readonly flag: Int32Array;
}

export type Message =
  | { readonly tell: 'phase'; readonly phase: string }
  | { readonly tell: 'lines'; readonly state: State; readonly total: number }
  /** the last message: the state is null where nothing was checked */
  | { readonly tell: 'checked'; readonly checked: Checked; readonly state: State | null }
  | { readonly tell: 'stopped' };

const betweenMessagesMs = 250;
const tell = (message: Message): void => parentPort?.postMessage(message);

/** Lines that were checked, hashed as they pass by. */
class Run {
  readonly #hash = createHash('sha256');
  readonly #kernel = sha256Of(readFileSync(fileURLToPath(import.meta.url)));
  #certificate = '';
  #line = '';
  #checked = 0;
  #told = performance.now();

  constructor(
    readonly earlier: State | null,
    readonly flag: Int32Array,
  ) {}

  /** @throws UnfitState where the earlier run was about something else */
  begin(text: string): Resumed {
    this.#certificate = sha256Of(text);
    const { earlier } = this;
    if (earlier === null) return { from: 0, watched: (lines) => this.#watched(lines, 0) };
    if (earlier.certificate !== this.#certificate) throw new UnfitState('the state is about another certificate');
    if (earlier.kernel !== this.#kernel) throw new UnfitState('the state was written by another version of cairn');
    return { from: earlier.combinations, watched: (lines) => this.#watched(lines, earlier.combinations) };
  }

  /** Lets nothing pass behind the lines that are believed before they are seen to be the same. */
  *#watched(lines: Iterable<string>, from: number): Generator<string, void, undefined> {
    let index = 0;
    for (const line of lines) {
      if (index === from) this.#needSame(index);
      if (index < from) this.#add(line);
      else this.#line = line;
      index++;
      yield line;
    }
    if (index <= from) this.#needSame(index);
  }

  #add(line: string): void {
    this.#hash.update(line).update('\n');
    this.#checked++;
  }

  #needSame(read: number): void {
    const { earlier } = this;
    if (earlier === null) return;
    if (read < earlier.combinations || this.#digest() !== earlier.lines) {
      throw new UnfitState(`the stream does not begin with the ${earlier.combinations} lines that the state is about`);
    }
  }

  #digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Called by the kernel when it has checked the line that passed last. */
  checkedOne(total: number): void {
    this.#add(this.#line);
    if (Atomics.load(this.flag, 0) !== 0) throw new Stopped();
    const now = performance.now();
    if (now - this.#told < betweenMessagesMs) return;
    this.#told = now;
    tell({ tell: 'lines', state: this.state() as State, total });
  }

  /** @returns null where no line was checked, in this run or an earlier one */
  state(): State | null {
    if (this.#checked === 0) return null;
    return {
      certificate: this.#certificate,
      kernel: this.#kernel,
      combinations: this.#checked,
      lines: this.#digest(),
    };
  }
}

async function answer({ question, state, flag }: Task): Promise<void> {
  const run = new Run(state, flag);
  try {
    const checked = await checkFile(question, {
      observe: (phase) => tell({ tell: 'phase', phase }),
      observeLines: (_, total) => run.checkedOne(total),
      resume: (text) => run.begin(text),
    });
    tell({ tell: 'checked', checked, state: checked.kind === 'failed' ? null : run.state() });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    tell({ tell: 'lines', state: run.state() as State, total: 0 });
    tell({ tell: 'stopped' });
  }
}

void answer(workerData as Task);
