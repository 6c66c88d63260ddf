/** One text at a time is checked, by a worker of its own: what a worker says is about its text and no other. */
import type { Answer, Question } from './messages.js';
import KernelWorker from './worker.js?worker&inline';

export interface Checking {
  readonly ask: (question: Extract<Question, { ask: 'slice' }>) => void;
  /** Ends the worker; nothing that it still says is heard. */
  readonly end: () => void;
}

/** @param hear  told what the worker says about this text, until `end` */
export function check(text: string, hear: (answer: Answer) => void, fail: (message: string) => void): Checking {
  const worker = new KernelWorker();
  let isHeard = true;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if (isHeard) hear(data);
  });
  worker.addEventListener('error', ({ message }) => {
    if (isHeard) fail(message || 'the worker could not be started');
  });
  const ask = (question: Question): void => worker.postMessage(question);
  ask({ ask: 'check', text });
  return {
    ask,
    end: () => {
      isHeard = false;
      worker.terminate();
    },
  };
}
