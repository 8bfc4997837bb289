import type { DeclaredErrors } from '../errors/index.js';
import type { Decider } from './decider.js';
import type { AnyEvent, EventDefinition, EventTable } from './definition.js';
import type { StateCodec } from './state-codec.js';
import { streamName } from './stream-name.js';

/** Work of accounts whose events are counted together, including those that agents, the scheduler and Muster's loops append. */
export interface CountedWork {
  /** Returns the id under which a job with the prefix {@link StreamKind.jobs} is counted. Absent: such a job is counted by itself. */
  readonly ofJob?: (jobId: string) => string;
}

export interface StreamKind<Table extends EventTable = EventTable> {
  readonly category: string;
  readonly owner: string;
  readonly events: Table;
  readonly errors?: DeclaredErrors;
  readonly jobs?: string;
  /** Present if each stream is counted work. Events name it in `<category>Id`. If one names several, the kind listed first in the catalog counts. */
  readonly counted?: CountedWork;
}

export interface AggregateDeclaration<
  Command,
  Event extends AnyEvent,
  State,
  Table extends Readonly<Record<Event['type'], EventDefinition>>,
> extends StreamKind<Table> {
  readonly decider: Decider<Command, Event, State>;
  readonly state?: StateCodec<NoInfer<State>>;
  /** Whether the aggregate is unaffected by clearing the cluster, such as accounts. */
  readonly outlivesClear?: boolean;
  readonly stream?: string;
}

export interface Aggregate<Command, Event extends AnyEvent, State> extends StreamKind {
  readonly stream: (id: string) => string;
  readonly outlivesClear?: boolean;
  readonly decider: Decider<Command, Event, State>;
  readonly state?: StateCodec<State>;
}

export type AnyAggregate = Aggregate<never, AnyEvent, unknown>;

/** Declares an aggregate. To take effect it must be in `domain/all-events.ts`. */
export function aggregate<
  Command,
  Event extends AnyEvent,
  State,
  Table extends Readonly<Record<Event['type'], EventDefinition>>,
>(
  declaration: AggregateDeclaration<Command, Event, State, Table>,
): Omit<Aggregate<Command, Event, State>, 'events'> & StreamKind<Table> {
  const { category, stream } = declaration;
  return { ...declaration, stream: stream === undefined ? (id) => streamName(category, id) : () => stream };
}
