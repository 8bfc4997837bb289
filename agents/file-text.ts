import { readFileSync } from 'node:fs';

/** Returns the content of a file, or undefined if it is missing or cannot be read. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
