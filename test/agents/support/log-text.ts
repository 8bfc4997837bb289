import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Returns what the files of a task's log hold of one stream. Empty if there are none yet. */
export function logText(logs: string, stream: string): string {
  return namesIn(logs)
    .filter(
      (name) => name === stream || (/^@\d+$/.test(name.slice(stream.length)) && name.startsWith(stream)),
    )
    .sort((left, right) => startOf(left) - startOf(right))
    .map((name) => readFileSync(path.join(logs, name), 'utf8'))
    .join('');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The file without a start comes last. */
function startOf(name: string): number {
  const start = name.split('@')[1];
  return start === undefined ? Number.POSITIVE_INFINITY : Number(start);
}
