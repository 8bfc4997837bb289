import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { reasonOf } from '#src/engine/system-error.js';
import { Failure } from '../shared/failure.js';

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of its path is not a folder',
  EISDIR: 'it is a folder; name a file in it',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
};

/** Returns why the operating system refuses to read a file, as a {@link Failure}. */
export function unreadable(file: string, error: unknown): Failure {
  const { code = '' } = error as NodeJS.ErrnoException;
  return new Failure(`cannot read ${file}: ${SENTENCES[code] ?? reasonOf(error)}`);
}

/** Reads a file that holds a text in UTF-8. `-` is standard input. Throws a {@link Failure} that says what the file is instead. */
export async function readText(file: string): Promise<string> {
  const bytes = await bytesOf(file);
  const text = new TextDecoder().decode(bytes);
  if (bytes.includes(0)) {
    if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[1] === 0)
      throw new Failure(`${file}: is UTF-16; save it as UTF-8`);
    throw new Failure(`${file}: is not a text`);
  }
  const wrong = text.indexOf('\ufffd');
  if (wrong >= 0 && !isUtf8(bytes))
    throw new Failure(
      `${file}:${text.slice(0, wrong).split('\n').length}: has characters that are not UTF-8; save it as UTF-8`,
    );
  if (text.trim() === '') throw new Failure(`${file}: is empty`);
  return text;
}

async function bytesOf(file: string): Promise<Buffer> {
  if (file === '-') return await buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}
