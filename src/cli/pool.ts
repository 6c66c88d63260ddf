/** Checks files on several threads, and hands the answers on in the order of the files. */
import { Worker } from 'node:worker_threads';
import { type Checked, internal, notProved, type Question } from './check-file.js';

/**
 * @param known     answers a question without a thread, or not
 * @param answered  called once a question, in the order of the questions, as soon as it can be
 * @param counted   called with the number of answers, in whatever order they come
 */
export async function checkOnThreads(
  questions: readonly Question[],
  jobs: number,
  known: (question: Question) => Checked | null,
  answered: (checked: Checked, question: Question) => void,
  counted: (done: number) => void,
): Promise<void> {
  const answers = new Map<number, Checked>();
  let next = 0;
  let done = 0;
  let printed = 0;
  const keep = (index: number, checked: Checked) => {
    answers.set(index, checked);
    counted(++done);
    for (let ready = answers.get(printed); ready !== undefined; ready = answers.get(++printed)) {
      answers.delete(printed);
      answered(ready, questions[printed] as Question);
    }
  };
  /** One thread, until no question is left or it dies of one. */
  const work = () =>
    new Promise<void>((resolve) => {
      const worker = new Worker(new URL('verify-worker.cjs', import.meta.url));
      let asked = -1;
      const ask = () => {
        for (;;) {
          asked = next++;
          const question = questions[asked];
          if (question === undefined) return void worker.terminate();
          const answer = known(question);
          if (answer === null) return worker.postMessage(question);
          keep(asked, answer);
        }
      };
      worker.on('message', (checked: Checked) => {
        keep(asked, checked);
        ask();
      });
      // A thread out of memory takes its file with it, and no other one.
      worker.on('error', (error) => {
        const question = questions[asked];
        if (question !== undefined) keep(asked, notProved(question.file, internal(error), 0));
      });
      worker.on('exit', () => resolve());
      ask();
    });
  const thread = async () => {
    while (next < questions.length) await work();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, questions.length) }, thread));
}
