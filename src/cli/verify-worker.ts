/** A thread of `verify --jobs N`: answers one question after the other. */
import { parentPort } from 'node:worker_threads';
import { checkFile, type Question } from './check-file.js';

parentPort?.on('message', async (question: Question) => parentPort?.postMessage(await checkFile(question)));
