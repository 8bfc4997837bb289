import type { JobOwner } from '#domain/job/events.js';
import type { JobSpecification } from '#domain/job/specification.js';
import type { Want, WorkItem, WorkView } from '#domain/owned-work/index.js';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { EventStore } from '#domain/ports/event-store.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import type { Projection } from '#projections/projection.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import type { Quotas } from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Aggregate, AnyEvent } from '#domain/event/index.js';

/** What a surface's work may ask for, besides its own stream and its read model. */
export interface WorkHost {
  readonly executor: Pick<CommandExecutor, 'load' | 'execute'>;
  readonly readModels: Pick<ReadModels, 'list' | 'get'>;
  /** What no state keeps. */
  readonly eventStore: Pick<EventStore, 'readStream'>;
  /** For what no job can do on a node. */
  readonly agents: Pick<AgentChannel, 'removeVolume'>;
  readonly sealer: Sealer;
  /** What tasks gave back. */
  readonly results: Pick<TaskResults, 'read'>;
  /** Every account may run processes on workers. */
  readonly openExecution: boolean;
  /** Quotas that the scheduler does not keep. Absent: none. */
  readonly quotas?: Pick<Quotas, 'logExcess'>;
}

type Asked<Answer> = Answer | undefined | Promise<Answer | undefined>;

/** What a job is to be, compiled from what its owner was asked. */
export interface OwnedJob {
  readonly specification: JobSpecification;
  readonly owner: JobOwner;
}

/**
 * How a surface plugs its work into the one loop: it asks, and does nothing itself. A document of the read model is about one item; the index `due` of
 * the model holds `dueValue` of the moment from which the item waits for something. What is due is then decided anew against the streams.
 */
export interface OwnedWork<Command, Event extends AnyEvent, State, Document> {
  /** Names it in metrics and in the log; `saga:<name>` is who acts. */
  readonly name: string;
  readonly surface: string;
  /** Items that are dealt with at the same time. Absent: few, as each is begun, placed and run as well. */
  readonly atTheSameTime?: number;
  /** Its read model, with an index `due`. */
  readonly projection: Projection;
  /** Whose streams say what is wanted. */
  readonly aggregate: Aggregate<Command, Event, State>;
  item(document: Document): WorkItem;
  /** As the index `due` has it. */
  dueAt(document: Document): number | undefined;
  /**
   * Whether the item waits for a moment that only a clock that was ahead can have named: it is dealt with at once. Asked when the server starts,
   * and when its clock has gone back. Absent: never. `toleranceMs`: by how much clocks of servers may differ.
   */
  isAhead?(document: Document, now: number, toleranceMs: number): boolean;
  /** What became of the item's job. */
  view(document: Document): WorkView;
  /**
   * What the stream itself has to say now: a slot to be decided, a run that ended, a deadline that passed. The command is decided on the stream,
   * and leaves no event where another server was first. Undefined: nothing. `toleranceMs`: of an item that is dealt with because the clock went back.
   */
  settle(state: State, document: Document, now: number, toleranceMs?: number): Asked<Command>;
  /** What the stream wants of the item's job; undefined: it says nothing of one. */
  want(state: State, document: Document): Want | undefined;
  /** What the job is to be; asked only where it is to be begun or changed. Undefined: the stream does not want it any more. */
  job(state: State, document: Document): Asked<OwnedJob>;
}

/** Any surface's work, as the loop handles it. */
export type AnyOwnedWork = OwnedWork<unknown, AnyEvent, unknown, unknown>;

/** Keeps a surface's own types inside its declaration. */
export function ownedWork<Command, Event extends AnyEvent, State, Document>(work: OwnedWork<Command, Event, State, Document>): AnyOwnedWork {
  return work as unknown as AnyOwnedWork;
}
