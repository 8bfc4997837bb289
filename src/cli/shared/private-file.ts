import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { variable } from '#agents/platform/environment.js';

/** Returns the path of a file of the command line's own, in the configuration folder of the user. */
export function ownFile(name: string): string {
  return join(variable('XDG_CONFIG_HOME') ?? join(homedir(), '.config'), 'muster', name);
}

/** Replaces a file at once with this value as JSON. Only its owner can read it. */
export function writeOwnFile(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}
