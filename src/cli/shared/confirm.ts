import { createInterface } from 'node:readline/promises';
import { EXIT_STOPPED, Failure } from './failure.js';

/** Asks for confirmation. Without a terminal, throws a {@link Failure} that names the option to pass instead. */
export async function confirm(question: string, instead: string): Promise<void> {
  if (process.stdin.isTTY !== true) throw new Failure(`not a terminal: ${instead}`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Failure('\ninterrupted; nothing was changed', EXIT_STOPPED);
  const closed = new Promise<never>((_, reject) => {
    // Ctrl-D closes the terminal's input. The question itself would wait for ever.
    lines.once('close', () => reject(interrupted));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('cancelled');
  } catch (error) {
    throw error instanceof Failure ? error : interrupted;
  } finally {
    lines.close();
  }
}
