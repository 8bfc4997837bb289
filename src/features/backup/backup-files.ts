import { readdirSync } from 'node:fs';

/**
 * Files that a backup omits: caches of the events, files that belong to one process or machine, and SQLite's side files, whose content is copied with
 * their database. All other files in the data directory are included.
 */
const LEFT_OUT = [
  /^read-models\.db/,
  // It says what a directory has read, not what its log contains.
  /^log-seen\.json/,
  /^tlog\./,
  /^(cluster-state|placements)\.ndjson/,
  /^muster\.(lock|pid|reserve)/,
  /-(wal|shm|journal|checked)$/,
  /\.(new|tmp|partial)$/,
];

export interface BackupFile {
  readonly name: string;
  /**
   * Databases may change during the copy, so SQLite copies them. They are recognized by name, because opening and closing one would drop this
   * process's locks on it.
   */
  readonly isDatabase: boolean;
}

/** Lists the files to back up, the log first. Whatever an event refers to was stored before it, so the files that are copied later contain it. */
export function filesToBackUp(directory: string, logFile: string): readonly BackupFile[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.some((pattern) => pattern.test(entry.name)))
    .map(({ name }) => name)
    .sort((a, b) => Number(b === logFile) - Number(a === logFile) || (a < b ? -1 : 1));
  return names.map((name) => ({ name, isDatabase: name.endsWith('.db') }));
}
