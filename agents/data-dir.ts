import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { IDENTIFIER } from '#domain/identifier.js';
import type { Ids } from '#domain/ports/ids.js';
import { writeFileDurably } from './journal/durable-file.js';

/** The agent's own part of the data directory. */
export interface AgentDirectory {
  readonly root: string;
  readonly journal: string;
  /** A folder for each allocation. */
  readonly tasks: string;
}

/** Another agent works in the same data directory. */
export class DataDirHeldError extends Error {
  override readonly name = 'DataDirHeldError';
  constructor(
    readonly directory: string,
    /** Its pid, where it is known. */
    readonly holder: string,
  ) {
    super(`${directory} is held by another agent (pid ${holder})`);
  }
}

/** Exit status for a held data directory (EX_TEMPFAIL of sysexits.h). */
export const EXIT_DATA_DIR_HELD = 75;

/**
 * Makes the directories. The root can be passed through by other users, whose tasks have their home below it; what is
 * the agent's own in it cannot be read.
 */
export function makeAgentDirectory(dataDir: string): AgentDirectory {
  const root = path.resolve(dataDir, 'agent');
  mkdirSync(root, { recursive: true, mode: 0o711 });
  const directory = { root, journal: path.join(root, 'journal'), tasks: path.join(root, 'tasks') };
  mkdirSync(directory.journal, { recursive: true, mode: 0o700 });
  mkdirSync(directory.tasks, { recursive: true, mode: 0o711 });
  return directory;
}

/**
 * Holds the directory for this process. The lock is a socket in Linux's abstract namespace: the kernel takes it back with
 * the process, however that ends. Returns what lets go of it.
 */
export async function holdDirectory(directory: AgentDirectory): Promise<() => Promise<void>> {
  const name = `\0muster-agent-${createHash('sha256').update(realpathSync(directory.root)).digest('hex').slice(0, 32)}`;
  const pidFile = path.join(directory.root, 'pid');
  const server: Server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const held = 'code' in error && error.code === 'EADDRINUSE';
      reject(held ? new DataDirHeldError(directory.root, readText(pidFile) ?? 'unknown') : error);
    });
    server.listen({ path: name, exclusive: true }, resolve);
  });
  server.unref();
  await writeFileDurably(pidFile, String(process.pid));
  return () => new Promise((resolve) => server.close(() => resolve()));
}

/** The node's id: made once, and the same ever after. */
export async function readNodeId(directory: AgentDirectory, override: string | undefined, ids: Ids): Promise<string> {
  const file = path.join(directory.root, 'node-id');
  const kept = readText(file)?.trim();
  if (override !== undefined) {
    if (!IDENTIFIER.test(override)) throw new Error(`node id ${JSON.stringify(override)}: must match ${IDENTIFIER.source}`);
    if (kept !== override) await writeFileDurably(file, override);
    return override;
  }
  if (kept !== undefined && IDENTIFIER.test(kept)) return kept;
  const made = ids.uuid();
  await writeFileDurably(file, made);
  return made;
}

/**
 * The id that a server gives to the machine of this name: asked for once, and kept with the name, so that an agent starts again
 * whether or not a server is there.
 */
export async function readEnrolledId(directory: AgentDirectory, hostname: string, ask: () => Promise<string>): Promise<string> {
  const file = path.join(directory.root, 'node-id');
  const nameFile = path.join(directory.root, 'hostname');
  const kept = readText(file)?.trim();
  const name = hostname.toLowerCase();
  if (kept !== undefined && readText(nameFile) === `${name} ${kept}\n`) return kept;
  const id = await ask();
  if (kept !== id) await writeFileDurably(file, id);
  await writeFileDurably(nameFile, `${name} ${id}\n`);
  return id;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
