import { readdirSync } from 'node:fs';

/**
 * What a backup leaves out: what is rebuilt from the events, what belongs to one run of a process or to the machine, and SQLite's side files,
 * whose content comes with their database. Everything else of a data directory is kept, known to this code or not.
 */
const LEFT_OUT = [
  /^read-models\.db/,
  /^(cluster-state|placements)\.ndjson/,
  /^muster\.(lock|pid|reserve)/,
  /-(wal|shm|journal|checked)$/,
  /\.(new|tmp|partial)$/,
];

export interface KeptFile {
  readonly name: string;
  /** May be written while it is copied, so SQLite copies it. Told by its name: to open it would drop this process's locks on it. */
  readonly isDatabase: boolean;
}

/** The files of a data directory that cannot be rebuilt, the log first: what else is kept was there before an event refers to it. */
export function keptFiles(directory: string, logFile: string): readonly KeptFile[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.some((pattern) => pattern.test(entry.name)))
    .map(({ name }) => name)
    .sort((a, b) => Number(b === logFile) - Number(a === logFile) || (a < b ? -1 : 1));
  return names.map((name) => ({ name, isDatabase: name.endsWith('.db') }));
}
