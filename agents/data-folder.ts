import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeMissingFolder, PASSABLE, PRIVATE } from './folder.js';

/** The agent's own part of a data directory. Where there is one, tasks of other users pass through the data directory. */
const AGENT_FOLDER = 'agent';
/** What tells a data directory from any other folder that somebody names by mistake. */
const MARKS: readonly string[] = ['muster.lock', 'events.db', AGENT_FOLDER];

/**
 * Makes the data directory, or mends one that an older version left open to others. `passable`: an agent works in it. A folder that holds other things
 * is left as it is.
 */
export function makeDataFolder(directory: string, { passable }: { readonly passable: boolean }): void {
  makeMissingFolder(directory, passable ? PASSABLE : PRIVATE);
  const names = readdirSync(directory);
  if (names.length > 0 && !names.some((name) => MARKS.includes(name))) return;
  if (statSync(directory).uid === process.geteuid?.()) chmodSync(directory, passable || names.includes(AGENT_FOLDER) ? PASSABLE : PRIVATE);
  closeToOthers(
    directory,
    names.filter((name) => name !== AGENT_FOLDER),
  );
}

/** Takes from others what they may do with these files and folders, where they are ours. */
function closeToOthers(directory: string, names: readonly string[]): void {
  for (const name of names) {
    const each = path.join(directory, name);
    const found = lstatSync(each, { throwIfNoEntry: false });
    if (found === undefined || found.isSymbolicLink() || found.uid !== process.geteuid?.()) continue;
    if ((found.mode & 0o077) !== 0) chmodSync(each, found.mode & 0o7700);
  }
}
