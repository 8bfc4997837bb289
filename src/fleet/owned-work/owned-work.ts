import type { JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { DesiredJob, WorkItem, WorkView } from '#domain/work/index.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { Aggregate, AnyEvent } from '#domain/kernel/event/index.js';

type Awaitable<Answer> = Answer | undefined | Promise<Answer | undefined>;

/** The job that an item needs, compiled from its owner's request. */
export interface OwnedJob {
  readonly specification: JobSpecification;
  readonly owner: JobOwner;
}

/** Where the cause of an item is in the log: the latest event of a stream with one of these fields. `run: 3` also matches a list `runs` with 3. */
export interface WorkOrigin {
  /** Id of the aggregate, without the category. */
  readonly stream: string;
  /** Default: any event. */
  readonly fields?: Readonly<Record<string, string | number>>;
}

/**
 * How a surface connects to the work loop. All methods are pure decisions, and the loop acts on them. Each document of the read model is one item,
 * and the model's index `due` holds the `dueValue` of the time at which the item becomes due. Due items are decided again from their streams.
 */
export interface OwnedWork<Command, Event extends AnyEvent, State, Document> {
  readonly name: string;
  readonly surface: string;
  readonly concurrency?: number;
  readonly projection: Pick<Projection, 'name' | 'events'>;
  readonly aggregate: Aggregate<Command, Event, State>;
  item(document: Document): WorkItem;
  /** If omitted, items are caused only by the passage of time. */
  origin?(document: Document): WorkOrigin;
  dueAt(document: Document): number | undefined;
  /**
   * Whether the item is waiting for a time that only a clock that was ahead can have produced. Such an item is processed immediately. Called at
   * startup, and after the clock was set back. `toleranceMs`: tolerated difference between server clocks. If omitted, no item is checked for this.
   */
  isAhead?(document: Document, now: number, toleranceMs: number): boolean;
  view(document: Document): WorkView;
  /**
   * Returns a command that the stream itself needs now, for example for a due slot, an ended run or an expired deadline. It is decided on the stream,
   * and appends no event if another server was first. `toleranceMs`: set for an item that is processed because the clock was set back.
   */
  settle(state: State, document: Document, now: number, toleranceMs?: number): Awaitable<Command>;
  want(state: State, document: Document): DesiredJob | undefined;
  job(state: State, document: Document): Awaitable<OwnedJob>;
}

export type AnyOwnedWork = OwnedWork<unknown, AnyEvent, unknown, unknown>;

export function ownedWork<Command, Event extends AnyEvent, State, Document>(
  work: OwnedWork<Command, Event, State, Document>,
): AnyOwnedWork {
  return work as unknown as AnyOwnedWork;
}
