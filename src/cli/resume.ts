/** `verify --resume`: the state is written while a thread checks, and on Ctrl-C; a later run goes on from it. */
import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { type Checked, internal, notProved, type Question } from './check-file.js';
import type { Progress } from './progress.js';
import { shownPath } from './read.js';
import { readState, type State, writeState } from './resume-state.js';
import type { Message, Task } from './resume-worker.js';
import { tell } from './terminal.js';
import { needWritable, writeAtomically } from './write-atomically.js';

const betweenStatesMs = 1_000;

/** @throws Failure where the state is none, or cannot be written */
export async function checkResumably(question: Question, path: string, progress: Progress): Promise<Checked> {
  needWritable(path, [question.file]);
  const earlier = readState(path);
  const name = shownPath(question.file);
  if (earlier !== null) {
    tell(
      `${name}: the first ${earlier.combinations} combinations are not checked again: ${shownPath(path)} is believed`,
    );
  }
  const keeper = new Keeper(path, earlier);
  const checked = await onThread({ question, state: earlier }, keeper, (what, done, total) =>
    progress.show(`${name}: ${what}`, done, total),
  );
  if (checked.kind === 'proved') keeper.remove();
  return checked;
}

/** Writes the state now and then. */
class Keeper {
  #latest: State | null = null;
  #writtenAt = performance.now();

  constructor(
    readonly path: string,
    /** what the file says */
    public written: State | null,
  ) {}

  get hasBegun(): boolean {
    return this.#latest !== null;
  }

  async keep(state: State): Promise<void> {
    this.#latest = state;
    if (performance.now() - this.#writtenAt >= betweenStatesMs) await this.write();
  }

  async write(): Promise<void> {
    const state = this.#latest;
    this.#writtenAt = performance.now();
    if (state === null || state.combinations === this.written?.combinations) return;
    this.written = state;
    await writeAtomically([this.path, writeState(state)]);
  }

  /** A verdict that is complete leaves nothing to go on from. */
  remove(): void {
    if (this.written !== null) rmSync(this.path, { force: true });
  }
}

function onThread(task: Omit<Task, 'flag'>, keeper: Keeper, show: Progress['show']): Promise<Checked> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const data: Task = { ...task, flag };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('resume-worker.cjs', import.meta.url), { workerData: data });
    const signals = { SIGINT: 2, SIGTERM: 15 } as const;
    let stoppedBy: number | null = null;
    const handlers = Object.entries(signals).map(([name, number]) => {
      const stop = () => {
        // There is nothing to keep yet, or somebody is impatient.
        if (!keeper.hasBegun || stoppedBy !== null) process.exit(128 + number);
        stoppedBy = number;
        Atomics.store(flag, 0, 1);
      };
      process.on(name, stop);
      return () => process.off(name, stop);
    });
    const end = () => {
      for (const off of handlers) off();
      void worker.terminate();
    };
    const hear = async (message: Message) => {
      switch (message.tell) {
        case 'phase':
          return show(message.phase, 0, 0);
        case 'lines':
          if (message.total > 0) show('combinations', message.state.combinations, message.total);
          return await keeper.keep(message.state);
        case 'checked':
          if (message.state !== null) await keeper.keep(message.state);
          if (message.checked.kind !== 'proved') await keeper.write();
          end();
          return resolve(message.checked);
        case 'stopped':
          await keeper.write();
          tell(
            `${shownPath(task.question.file)}: stopped: ${keeper.written?.combinations} combinations are checked, and --resume ${shownPath(keeper.path)} goes on from there`,
          );
          process.exit(128 + (stoppedBy ?? 0));
      }
    };
    worker.on('message', (message: Message) => {
      hear(message).catch((error: unknown) => {
        end();
        reject(error);
      });
    });
    worker.on('error', (error) => {
      end();
      resolve(notProved(task.question.file, internal(error), 0));
    });
  });
}
