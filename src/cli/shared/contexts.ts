import { readFileSync } from 'node:fs';
import { Failure } from './failure.js';
import { ownFile, writeOwnFile } from './private-file.js';
import { hasCode } from '#agents/platform/error-code.js';

/** Servers by the names that the user gave them. */
export interface Contexts {
  /** Name of the one in use. Absent: none, so that commands use the server of this machine. */
  readonly current?: string;
  readonly servers: Readonly<Record<string, string>>;
}

function contextFile(): string {
  return ownFile('contexts.json');
}

/** Throws a {@link Failure} if the file is damaged: the commands must not go to another server than the one that was chosen. */
export function readContexts(): Contexts {
  const file = contextFile();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { servers: {} };
    throw new Failure(`cannot read ${file}: ${(error as Error).message}`);
  }
  const read = parsed(text);
  if (read === undefined) throw new Failure(`${file} is not valid: correct it, or remove it`);
  return read;
}

function parsed(text: string): Contexts | undefined {
  try {
    const { current, servers } = JSON.parse(text) as { current?: unknown; servers?: unknown };
    const isCurrent = current === undefined || typeof current === 'string';
    if (!isCurrent || typeof servers !== 'object' || servers === null) return undefined;
    if (!Object.values(servers).every((each) => typeof each === 'string')) return undefined;
    return { ...(current !== undefined && { current }), servers: servers as Record<string, string> };
  } catch {
    return undefined;
  }
}

export function writeContexts(contexts: Contexts): void {
  writeOwnFile(contextFile(), contexts);
}

let server: { readonly url: string | undefined } | undefined;

/** Returns the URL of the server in use, if the user has chosen one. It is read once. */
export function serverInUse(): string | undefined {
  server ??= { url: urlInUse() };
  return server.url;
}

function urlInUse(): string | undefined {
  const { current, servers } = readContexts();
  return current === undefined || !Object.hasOwn(servers, current) ? undefined : servers[current];
}
