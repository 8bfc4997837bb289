import { parentPort } from 'node:worker_threads';
import { parseHcl } from './hcl2json.js';

export interface Question {
  readonly number: number;
  readonly text: string;
}

parentPort?.on('message', ({ number, text }: Question) => {
  void parseHcl(text).then((result) => parentPort?.postMessage({ number, result }));
});
