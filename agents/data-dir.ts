import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { MAX_EARLIER_INSTANCES, type Registration } from '#domain/protocol/index.js';
import { textOf } from './platform/files/file-text.js';
import { makeFolder, makeMissingFolder, PASSABLE, PRIVATE, syncName } from './platform/files/folder.js';
import { writeFileDurably } from './platform/files/durable-file.js';

export interface AgentDirectory {
  readonly root: string;
  readonly journal: string;
  readonly tasks: string;
}

export class DataDirHeldError extends Error {
  override readonly name = 'DataDirHeldError';
  constructor(
    readonly directory: string,
    readonly holder: string,
  ) {
    super(`${directory} is in use by another agent (pid ${holder})`);
  }
}

/** Exit status if the data directory is in use (EX_TEMPFAIL in sysexits.h). */
export const EXIT_DATA_DIR_HELD = 75;

/**
 * Creates the directories. Other users may traverse the root, because the home directories of tasks are below it. The agent's own files are not
 * accessible to them.
 */
export function makeAgentDirectory(dataDir: string): AgentDirectory {
  const root = path.resolve(dataDir, 'agent');
  makeMissingFolder(dataDir, PASSABLE);
  const directory = { root, journal: path.join(root, 'journal'), tasks: path.join(root, 'tasks') };
  makeFolder(root, PASSABLE);
  makeFolder(directory.journal, PRIVATE);
  makeFolder(directory.tasks, PASSABLE);
  for (const each of [path.resolve(dataDir), root, directory.journal]) syncName(each);
  return directory;
}

/** Corrects permissions that are too wide. Requires the lock, because files of a running agent come and go. */
export function restrictFiles({ root, journal, tasks }: AgentDirectory): void {
  for (const folder of [root, journal, ...logFolders(tasks)])
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isFile()) chmodSync(path.join(folder, entry.name), 0o600);
}

/**
 * Locks the directory for this process with flock on a file that only the agent can open. The kernel releases the lock however the process ends.
 * Returns a function that releases the lock.
 */
export async function holdDirectory(directory: AgentDirectory): Promise<() => void> {
  const pidFile = path.join(directory.root, 'pid');
  const descriptor = openSync(path.join(directory.root, 'lock'), 'a', 0o600);
  try {
    // Node has no flock(2). The program locks the inherited descriptor, and this process keeps the lock through its own copy.
    const { status, error, stderr } = spawnSync('flock', ['--exclusive', '--nonblock', '3'], {
      stdio: ['ignore', 'ignore', 'pipe', descriptor],
      encoding: 'utf8',
    });
    if (status === 1) throw new DataDirHeldError(directory.root, textOf(pidFile) ?? 'unknown');
    if (status !== 0)
      throw new Error(
        `${directory.root} cannot be locked with flock (util-linux): ${error?.message ?? stderr.trim()}`,
      );
    await writeFileDurably(pidFile, String(process.pid));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return () => closeSync(descriptor);
}

function logFolders(tasks: string): string[] {
  return foldersIn(tasks)
    .flatMap(foldersIn)
    .map((task) => path.join(task, 'logs'))
    .filter((logs) => existsSync(logs))
    .map((logs) => {
      chmodSync(logs, PRIVATE);
      return logs;
    });
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [path.join(folder, entry.name)] : [],
  );
}

export async function readNodeId(
  directory: AgentDirectory,
  override: string | undefined,
  ids: Ids,
): Promise<string> {
  const file = path.join(directory.root, 'node-id');
  const kept = textOf(file)?.trim();
  if (override !== undefined) {
    if (!IDENTIFIER.test(override))
      throw new Error(`node id ${JSON.stringify(override)}: must match ${IDENTIFIER.source}`);
    if (kept !== override) await writeFileDurably(file, override);
    return override;
  }
  if (kept !== undefined && IDENTIFIER.test(kept)) return kept;
  const made = ids.uuid();
  await writeFileDurably(file, made);
  return made;
}

/** Returns the id that a server assigns to this hostname. It is requested once and stored, so the agent can restart without a server. */
export async function readEnrolledId(
  directory: AgentDirectory,
  hostname: string,
  ask: () => Promise<string>,
): Promise<string> {
  const file = path.join(directory.root, 'node-id');
  const nameFile = path.join(directory.root, 'hostname');
  const kept = textOf(file)?.trim();
  const name = hostname.toLowerCase();
  if (kept !== undefined && textOf(nameFile) === `${name} ${kept}\n`) return kept;
  const id = await ask();
  if (kept !== id) await writeFileDurably(file, id);
  await writeFileDurably(nameFile, `${name} ${id}\n`);
  return id;
}

export type AgentInstance = Pick<Registration, 'instance' | 'earlier_instances'>;

/**
 * Returns a new id of this run of the agent, and those of earlier runs on the directory. It is stored before it is sent, so the next run on the same
 * directory can prove that it is the successor. A run on a copy of the directory cannot, once the original has been started again.
 */
export async function beginInstance(directory: string, ids: Ids): Promise<AgentInstance> {
  const file = path.join(directory, 'instances');
  const earlier = (textOf(file) ?? '')
    .split('\n')
    .filter((line) => /^[\w-]{1,64}$/.test(line))
    .slice(-MAX_EARLIER_INSTANCES);
  const instance = ids.uuid();
  await writeFileDurably(file, [...earlier, instance, ''].join('\n'));
  return { instance, earlier_instances: earlier };
}
