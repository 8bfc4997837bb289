import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from './platform/files/durable-file.js';
import { errorFields, type AgentLog } from './platform/log.js';

const kept = z.array(z.string().max(300)).max(1000);

/**
 * Where Muster's components listen, as reported by the last registration. Stored on disk, so that a restarted agent can continue its tasks before it
 * reaches a server.
 */
export class ServerEndpoints {
  private constructor(
    private readonly file: string,
    private readonly log: AgentLog,
    private parts: readonly string[],
  ) {}

  static async open(directory: string, log: AgentLog): Promise<ServerEndpoints> {
    const file = path.join(directory, 'server-parts.json');
    const text = await readFile(file, 'utf8').catch(() => '[]');
    return new ServerEndpoints(file, log, kept.catch([]).parse(jsonIn(text)));
  }

  all(): readonly string[] {
    return this.parts;
  }

  /** Applies the endpoints immediately. If they cannot be stored, the next registration returns them again. */
  async keep(told: readonly string[]): Promise<void> {
    const parts = kept.safeParse(told).data;
    if (parts === undefined || parts.join() === this.parts.join()) return;
    this.parts = parts;
    await writeFileDurably(this.file, JSON.stringify(parts)).catch((error: unknown) =>
      this.log.warn(errorFields(error), 'agent.server-addresses.not-stored'),
    );
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
