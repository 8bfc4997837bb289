import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EXIT_STOPPED, Failure } from './failure.js';

/**
 * Reads a secret from a terminal without echo, or the first line of standard input. Secrets are never passed as arguments, because other users of the
 * machine can read arguments.
 */
export async function readSecret(prompt: string): Promise<string> {
  return (await readSecrets([prompt]))[0]!;
}

/** Reads several secrets like {@link readSecret}, one a line. */
export async function readSecrets(prompts: readonly string[]): Promise<string[]> {
  const terminal = process.stdin.isTTY === true;
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: process.stdin,
    ...(terminal && { output: unseen, terminal: true }),
  });
  // The prompt is printed only once echo is off, so that typed text is never visible.
  const ask = (place: number): void => {
    if (terminal) process.stderr.write(`${place === 0 ? '' : '\n'}${prompts[place]!}`);
  };
  const read: string[] = [];
  ask(0);
  let stopped = false;
  lines.once('SIGINT', () => {
    stopped = true;
    lines.close();
  });
  try {
    for await (const line of lines) {
      read.push(line);
      if (read.length === prompts.length) return read;
      ask(read.length);
    }
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
  if (stopped) throw new Failure('interrupted; nothing was sent', EXIT_STOPPED);
  throw new Failure(
    read.length === 0
      ? 'standard input is empty'
      : `standard input has too few lines: there is none for "${prompts[read.length]!.trim()}"`,
  );
}

/** Reads a text to store: one line without echo from a terminal, or all of standard input without the last line break. */
export async function readSecretText(prompt: string): Promise<string> {
  if (process.stdin.isTTY === true) return await readSecret(prompt);
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return utf8Of(Buffer.concat(pieces)).replace(/\r?\n$/, '');
}

/** Decodes UTF-8. Throws a {@link Failure} if the bytes are not valid UTF-8. */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure('a secret must be UTF-8 text; encode other data, for example with base64');
  }
}
