import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { EXIT_STOPPED, Failure } from './failure.js';

/** A secret from a terminal, unseen, or the first line of standard input. Never from an argument: everybody on the machine reads those. */
export async function readSecret(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true;
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, ...(terminal && { output: unseen, terminal: true }) });
  // Only now: what is typed sooner would be seen.
  if (terminal) process.stderr.write(prompt);
  let stopped = false;
  lines.once('SIGINT', () => {
    stopped = true;
    lines.close();
  });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
  if (stopped) throw new Failure('stopped: nothing was sent', EXIT_STOPPED);
  throw new Failure('a password is wanted on standard input');
}

/** A text that is kept: from a terminal one line, unseen; else all of standard input, without the last line break. */
export async function readSecretText(prompt: string): Promise<string> {
  if (process.stdin.isTTY === true) return await readSecret(prompt);
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return utf8Of(Buffer.concat(pieces)).replace(/\r?\n$/, '');
}

/** Bytes as text. What is no text is not guessed at. */
export function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Failure('a secret is a text in UTF-8; what is none has to be encoded, as by base64');
  }
}
