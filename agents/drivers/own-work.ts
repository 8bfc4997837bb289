import { LOG_ID } from '#domain/protocol/index.js';
import type { LogIdentity } from './log-identity.js';

/** Who made a container, process, volume or network: the node id, and the id of the log, as far as it bears them. */
export interface Maker {
  readonly node: string | undefined;
  /** Absent if an agent made it that did not know the id of its log. */
  readonly log?: string | undefined;
}

const SHOWN = 8;

/** Returns the part of a log's id that names and reports contain. */
export function shortLog(log: string): string {
  return LOG_ID.test(log) ? log.slice(0, SHOWN) : 'unknown';
}

/**
 * Whether work that bears `log` belongs to a record with the log `recorded`. A record has no log if the agent did not know it. @param own the agent's log
 */
export function isOfLog(
  recorded: string | undefined,
  log: string | undefined,
  own: string | undefined,
): boolean {
  return log === recorded || (recorded === undefined && log === own);
}

/** Decides what on this machine is this agent's own work. Nothing else decides it. */
export class OwnWork {
  constructor(
    readonly nodeId: string,
    private readonly identity: Pick<LogIdentity, 'id' | 'known'> = NO_LOG,
    /** Other logs whose work for this node id the operator has handed over to this agent. */
    private readonly formerLogs: readonly string[] = [],
  ) {}

  /** The id of the log that new work bears. */
  get log(): string | undefined {
    return this.identity.id;
  }

  /** Resolves when the log is known. Until then, what bears the id of a log is not this agent's. */
  get known(): Promise<void> {
    return this.identity.known;
  }

  has({ node, log }: Maker): boolean {
    return (
      node === this.nodeId && (log === undefined || log === this.identity.id || this.formerLogs.includes(log))
    );
  }

  /** Whether a maker's work may turn out to be this agent's once the log is known. */
  mayHave(maker: Maker): boolean {
    return maker.node === this.nodeId && !this.has(maker) && this.identity.id === undefined;
  }

  /** Names a maker in reports: its node id, and its log if that is all that tells it from this agent. */
  nameOf(maker: Maker): string {
    const { node = '', log } = maker;
    return node !== this.nodeId || log === undefined || this.has(maker) ? node : `${node}@${shortLog(log)}`;
  }
}

const NO_LOG: Pick<LogIdentity, 'id' | 'known'> = {
  id: undefined,
  known: new Promise(() => undefined),
};
