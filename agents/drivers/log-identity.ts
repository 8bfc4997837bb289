import path from 'node:path';
import { LOG_ID } from '#domain/protocol/index.js';
import { textOf } from '../platform/files/file-text.js';
import { writeFileDurably } from '../platform/files/durable-file.js';
import { errorFields, type AgentLog } from '../platform/log.js';

/**
 * The id of the log of this agent's servers. What the agent starts bears it, so that another installation on the same machine whose node has the same
 * id does not take it for its own. It is stored, because what is left of earlier work is looked for before a server responds.
 */
export class LogIdentity {
  #id: string | undefined;
  #tell: () => void = () => undefined;
  /** Resolves when the id is known. */
  readonly known: Promise<void>;

  private constructor(
    private readonly file: string,
    private readonly log: AgentLog,
  ) {
    this.known = new Promise((resolve) => (this.#tell = resolve));
    this.#set(textOf(file)?.trim());
  }

  static open(directory: string, log: AgentLog): LogIdentity {
    return new LogIdentity(path.join(directory, 'log-id'), log);
  }

  /** Undefined until a server has sent it. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Keeps the id that a server has sent. If it cannot be stored, the next registration returns it again. */
  async keep(told: string | undefined): Promise<void> {
    const before = this.#id;
    if (told === undefined || told === before || !this.#set(told)) return;
    if (before !== undefined) this.log.warn({ before, now: told, hint: OTHER_LOG }, 'agent.other-log');
    await writeFileDurably(this.file, told).catch((error: unknown) =>
      this.log.warn(errorFields(error), 'agent.log-id.unkept'),
    );
  }

  #set(id: string | undefined): boolean {
    if (id === undefined || !LOG_ID.test(id)) return false;
    this.#id = id;
    this.#tell();
    return true;
  }
}

const OTHER_LOG =
  'The servers have another log than before. What this node made for the former log is reported and kept: set MUSTER_FORMER_LOGS to its id to take it over.';
