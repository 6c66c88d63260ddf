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
/** Between two lines where there is no terminal: a log wants few. */
const linesEveryMs = 10_000;

export function startProgress(): Progress {
  return process.stderr.isTTY === true && process.env['TERM'] !== 'dumb' ? bar() : lines();
}

function bar(): Progress {
  const start = performance.now();
  let shown: SingleBar | null = null;
  return {
    show: (what, done, total) => {
      if (performance.now() - start < patienceMs) return;
      const size = Math.max(total, done, 1);
      const payload = { what: shortened(visible(what)) };
      if (shown === null) {
        // Loaded only for people who wait: it costs as much as checking a small certificate.
        const load = createRequire(import.meta.url);
        const { SingleBar: Bar } = load('cli-progress') as typeof import('cli-progress');
        const format = '{what} {bar} {value}/{total}';
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
  return {
    show: (what, done, total) => {
      if (performance.now() - last < linesEveryMs) return;
      last = performance.now();
      tell(total > 0 ? `${what}: ${done} of ${total}` : what);
    },
    end: () => {},
  };
}
