import { readFileSync } from 'node:fs';

/** What a file says; undefined: it is not there, gone meanwhile, or not to be read. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
