import type { JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { DesiredJob, WorkItem, WorkView } from '#domain/work/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Projection } from '#projections/projection.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import type { Quotas } from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';

export interface WorkHost {
  readonly executor: Pick<CommandExecutor, 'load' | 'execute'>;
  readonly readModels: Pick<ReadModels, 'list' | 'get'>;
  /** For facts that no state contains. */
  readonly eventStore: Pick<EventStore, 'readStream'>;
  /** For operations on a node that are not jobs. */
  readonly agents: Pick<AgentChannel, 'removeVolume'>;
  readonly sealer: Sealer;
  readonly results: Pick<TaskResults, 'read'>;
  readonly openExecution: boolean;
  /** Quotas that the scheduler does not enforce. Undefined: none. */
  readonly quotas?: Pick<Quotas, 'logExcess'>;
}

type Awaitable<Answer> = Answer | undefined | Promise<Answer | undefined>;

/** The job that an item needs, compiled from the request of its owner. */
export interface OwnedJob {
  readonly specification: JobSpecification;
  readonly owner: JobOwner;
}

/**
 * How a surface connects to the work loop. All methods are pure decisions; the loop acts. Each document of the read model is one item, and the
 * model's index `due` holds `dueValue` of the time from which the item waits for something. Due items are decided again on their streams.
 */
export interface OwnedWork<Command, Event extends AnyEvent, State, Document> {
  readonly name: string;
  readonly surface: string;
  /** Number of items that are processed concurrently. Undefined: few, because each is also created, placed and run. */
  readonly concurrency?: number;
  /** Its read model, with an index `due`. */
  readonly projection: Projection;
  readonly aggregate: Aggregate<Command, Event, State>;
  item(document: Document): WorkItem;
  /** The due time, as in the index `due`. */
  dueAt(document: Document): number | undefined;
  /**
   * Whether the item waits for a time that only a clock that was ahead can have produced; it is then processed immediately. Called at the start, and
   * after the clock went back. `toleranceMs`: tolerated difference between clocks of servers. Undefined: never.
   */
  isAhead?(document: Document, now: number, toleranceMs: number): boolean;
  view(document: Document): WorkView;
  /**
   * A command that the stream itself needs now: a slot to decide, a run that ended, an expired deadline. It is decided on the stream, and leaves no
   * event if another server was first. Undefined: none. `toleranceMs`: set for an item that is processed because the clock went back.
   */
  settle(state: State, document: Document, now: number, toleranceMs?: number): Awaitable<Command>;
  /** What the stream wants of the item's job; undefined: nothing. */
  want(state: State, document: Document): DesiredJob | undefined;
  /** The job to create or update; called only then. Undefined if the stream no longer wants it. */
  job(state: State, document: Document): Awaitable<OwnedJob>;
}

export type AnyOwnedWork = OwnedWork<unknown, AnyEvent, unknown, unknown>;

export function ownedWork<Command, Event extends AnyEvent, State, Document>(
  work: OwnedWork<Command, Event, State, Document>,
): AnyOwnedWork {
  return work as unknown as AnyOwnedWork;
}
