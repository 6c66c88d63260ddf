/** Tells people who wait what is going on, and how long it may take: on stderr, and only after a second. */
import { createRequire } from 'node:module';
import type { SingleBar } from 'cli-progress';
import { tell, visible } from './terminal.js';

export interface Progress {
  /** @param done, total  steps; total 0 where nobody knows */
  readonly show: (what: string, done: number, total: number) => void;
  readonly end: () => void;
}

const patienceMs = 1_000;
/** Between two lines where there is no terminal: a log wants few. */
const linesEveryMs = 10_000;

export function startProgress(): Progress {
  return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb' ? bar() : lines();
}

/** So much of the work must be done, in steps and in time, before a guess of the rest is worth saying. */
const estimateFromSteps = 2;
const estimateFromMs = 2_000;

/** @returns what guesses the time left, from the steps done since these steps were first counted */
function timeLeft(): (done: number, total: number) => string {
  let since = { at: performance.now(), done: 0, total: 0 };
  let last = 0;
  return (done, total) => {
    // Another total, or fewer steps, are those of the next part of the work.
    if (total !== since.total || done < last) since = { at: performance.now(), done, total };
    last = done;
    const [ms, steps] = [performance.now() - since.at, done - since.done];
    if (steps < estimateFromSteps || ms < estimateFromMs || done >= total) return '';
    return `about ${duration((ms / steps) * (total - done))} left`;
  };
}

/** @returns 40 s, 3 min, 2.5 h */
function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function bar(): Progress {
  const start = performance.now();
  const guess = timeLeft();
  let shown: SingleBar | null = null;
  return {
    show: (what, done, total) => {
      const left = guess(done, total);
      if (performance.now() - start < patienceMs) return;
      const size = Math.max(total, done, 1);
      const payload = { what: shortened(visible(what)), left };
      if (shown === null) {
        // Loaded only for people who wait: it costs as much as checking a small certificate.
        const load = createRequire(import.meta.url);
        const { SingleBar: Bar } = load('cli-progress') as typeof import('cli-progress');
        const format = '{what} {bar} {value}/{total} {left}';
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
  let last = performance.now();
  const guess = timeLeft();
  return {
    show: (what, done, total) => {
      const left = guess(done, total);
      if (performance.now() - last < linesEveryMs) return;
      last = performance.now();
      tell(total > 0 ? `${what}: ${done} of ${total}${left === '' ? '' : `, ${left}`}` : what);
    },
    end: () => {},
  };
}
