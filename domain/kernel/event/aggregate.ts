import type { DeclaredErrors } from '../errors/index.js';
import type { Decider } from './decider.js';
import type { AnyEvent, EventDefinition } from './definition.js';
import type { StateCodec } from './state-codec.js';
import { streamName } from './stream-name.js';

export interface StreamKind<
  Table extends Readonly<Record<string, EventDefinition>> = Readonly<Record<string, EventDefinition>>,
> {
  /** Prefix of the stream names. Only Muster writes to such streams. */
  readonly category: string;
  readonly owner: string;
  readonly events: Table;
  /** Errors in addition to the shared table. */
  readonly errors?: DeclaredErrors;
  /** Id prefix of the jobs that it owns; no other job may use it. */
  readonly jobs?: string;
}

export interface AggregateDeclaration<
  Command,
  Event extends AnyEvent,
  State,
  Table extends Readonly<Record<Event['type'], EventDefinition>>,
> extends StreamKind<Table> {
  readonly decider: Decider<Command, Event, State>;
  /** Serialises snapshots, which are written every thousand events. Absent: the streams stay short. */
  readonly state?: StateCodec<NoInfer<State>>;
  /** A clear of the cluster does not affect it, as with accounts. */
  readonly outlivesClear?: boolean;
  /** Name of its only stream. Absent: one stream per id, `category-id`. */
  readonly stream?: string;
}

export interface Aggregate<Command, Event extends AnyEvent, State> extends StreamKind {
  readonly stream: (id: string) => string;
  readonly outlivesClear?: boolean;
  readonly decider: Decider<Command, Event, State>;
  readonly state?: StateCodec<State>;
}

export type AnyAggregate = Aggregate<never, AnyEvent, unknown>;

/** Declares an aggregate. To take effect it must be in `domain/event-types/list.ts`. */
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
