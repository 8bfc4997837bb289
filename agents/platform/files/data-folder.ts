import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeMissingFolder, PASSABLE, PRIVATE } from './folder.js';
import { hasCode } from '../error-code.js';

const AGENT_FOLDER = 'agent';
/** Files that identify a directory as a data directory, and not as an arbitrary directory that was named by mistake. */
const MARKS: readonly string[] = ['muster.lock', 'events.db', AGENT_FOLDER];

/**
 * Creates the data directory, or restricts access to one that is open to others. `passable`: an agent uses it. A directory with
 * other content is left unchanged.
 */
export function makeDataFolder(directory: string, { passable }: { readonly passable: boolean }): void {
  makeMissingFolder(directory, passable ? PASSABLE : PRIVATE);
  const names = readdirSync(directory);
  if (names.length > 0 && !names.some((name) => MARKS.includes(name))) return;
  if (statSync(directory).uid === process.geteuid?.())
    chmodSync(directory, passable || names.includes(AGENT_FOLDER) ? PASSABLE : PRIVATE);
  closeAllToOthers(
    directory,
    names.filter((name) => name !== AGENT_FOLDER),
  );
}

function closeAllToOthers(directory: string, names: readonly string[]): void {
  for (const name of names) {
    const each = path.join(directory, name);
    const found = lstatSync(each, { throwIfNoEntry: false });
    if (found === undefined || found.isSymbolicLink() || found.uid !== process.geteuid?.()) continue;
    if ((found.mode & 0o077) !== 0) closeToOthers(each, found.mode & 0o7700);
  }
}

function closeToOthers(file: string, mode: number): void {
  try {
    chmodSync(file, mode);
  } catch (error) {
    // A server that runs in this directory has removed it in the meantime.
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
