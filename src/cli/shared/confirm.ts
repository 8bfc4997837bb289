import { createInterface } from 'node:readline/promises';
import { Failure } from './failure.js';

/** Asks for confirmation. Without a terminal, throws a {@link Failure} that names the option to pass instead. */
export async function confirm(question: string, instead: string): Promise<void> {
  if (process.stdin.isTTY !== true) throw new Failure(`not a terminal: ${instead}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    if (!/^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim()))
      throw new Failure('cancelled');
  } finally {
    lines.close();
  }
}
