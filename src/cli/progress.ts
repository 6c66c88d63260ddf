/** Tells people who wait what is going on: on stderr, and only after a second. */
import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import { tell, visible } from './terminal.js';

export interface Progress {
  /** @param done, total  steps; total 0 where nobody knows */
  readonly show: (what: string, done: number, total: number) => void;
  readonly end: () => void;
}

const patienceMs = 1_000;
/** Sooner than this, a guess of the time left is worth little. */
const guessAfterMs = 2_000;
/** Between two lines where there is no terminal: a log wants few. */
const linesEveryMs = 10_000;

export function startProgress(): Progress {
  return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb' ? bar() : lines();
}

function bar(): Progress {
  const start = performance.now();
  const pace = new Pace();
  let shown: SingleBar | null = null;
  return {
    show: (what, done, total) => {
      const left = pace.timeLeft(what, done, total);
      if (performance.now() - start < patienceMs) return;
      const size = Math.max(total, done, 1);
      const payload = { what: shortened(visible(what)), left: left === null ? '' : ` ${left}` };
      if (shown === null) {
        // Loaded only for people who wait: it costs as much as checking a small certificate.
        const load = createRequire(import.meta.url);
        const { SingleBar: Bar } = load('cli-progress') as typeof import('cli-progress');
        const format = '{what} {bar} {value}/{total}{left}';
        // Ctrl-C must end a long computation at once, and find the terminal as it was.
        const modest = { gracefulExit: false, linewrap: true, hideCursor: false };
        shown = new Bar({ format, barsize: 24, clearOnComplete: true, stream: process.stderr, ...modest });
        shown.start(size, done, payload);
      } else {
        shown.setTotal(size);
        shown.update(done, payload);
      }
    },
    end: () => {
      shown?.stop();
      shown = null;
    },
  };
}

/** One line of a narrow terminal holds it beside the bar. */
function shortened(what: string): string {
  const characters = [...what];
  return characters.length <= 40 ? what : `…${characters.slice(-39).join('')}`;
}

function lines(): Progress {
  const pace = new Pace();
  let last = performance.now();
  return {
    show: (what, done, total) => {
      const left = pace.timeLeft(what, done, total);
      if (performance.now() - last < linesEveryMs) return;
      last = performance.now();
      tell(total > 0 ? `${what}: ${done} of ${total}${left === null ? '' : `, ${left}`}` : what);
    },
    end: () => {},
  };
}

/** How fast the steps of one kind go. */
class Pace {
  #what: string | null = null;
  #first = 0;
  #last = 0;
  #start = 0;

  /** @returns such as "about 3 min left", or null where nothing can be said yet */
  timeLeft(what: string, done: number, total: number): string | null {
    const now = performance.now();
    if (what !== this.#what || done < this.#last) {
      this.#what = what;
      this.#first = done;
      this.#start = now;
    }
    this.#last = done;
    const spent = now - this.#start;
    if (done === this.#first || total <= done || spent < guessAfterMs) return null;
    return `about ${duration((spent / (done - this.#first)) * (total - done))} left`;
  }
}

/** @returns such as "40 s", "12 min" or "3 h 20 min" */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
