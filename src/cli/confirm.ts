import { createInterface } from 'node:readline/promises';
import { Failure } from './failure.js';

/** Asks on a terminal; elsewhere nobody can answer, and it throws a {@link Failure} that says what to say instead. */
export async function confirm(question: string, instead: string): Promise<void> {
  if (process.stdin.isTTY !== true) throw new Failure(`nobody can be asked here: ${instead}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (!/^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim())) throw new Failure('nothing was done');
  } finally {
    lines.close();
  }
}
