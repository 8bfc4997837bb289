import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from './failure.js';

/** A secret from a terminal, unseen, or the first line of standard input. Never from an argument: everybody on the machine reads those. */
export async function readSecret(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  if (terminal) process.stderr.write(prompt);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, ...(terminal && { output: unseen, terminal: true }) });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
  throw new Failure('a password is wanted on standard input');
}
