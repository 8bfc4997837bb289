import { parentPort } from 'node:worker_threads';
import { parseHcl } from './hcl2json.js';

/** What the thread is asked, and answers; each question has a number. */
export interface Question {
  readonly number: number;
  readonly text: string;
}

parentPort?.on('message', ({ number, text }: Question) => {
  void parseHcl(text).then((result) => parentPort?.postMessage({ number, result }));
});
