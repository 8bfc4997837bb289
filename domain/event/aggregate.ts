import type { DeclaredErrors } from '../errors/index.js';
import type { Decider } from './decider.js';
import type { AnyEvent, EventDefinition } from './definition.js';
import type { StateCodec } from './state-codec.js';
import { streamName } from './stream-name.js';

/** One kind of stream: what stands in it, and whose it is. */
export interface StreamKind<Table extends Readonly<Record<string, EventDefinition>> = Readonly<Record<string, EventDefinition>>> {
  /** What its streams' names begin with. Nobody but Muster writes them. */
  readonly category: string;
  /** The entry in the list of surfaces that it belongs to. */
  readonly owner: string;
  /** Every event that can stand in it. */
  readonly events: Table;
  /** Errors of its own, in addition to those of the table that all share. */
  readonly errors?: DeclaredErrors;
  /** What the ids of the jobs that it owns begin with: nobody else may use it. */
  readonly jobs?: string;
}

/** What is declared of an aggregate: all that the rest of Muster knows of it. */
export interface AggregateDeclaration<
  Command,
  Event extends AnyEvent,
  State,
  Table extends Readonly<Record<Event['type'], EventDefinition>>,
> extends StreamKind<Table> {
  readonly decider: Decider<Command, Event, State>;
  /** Its state is kept on disk every thousand events, in this form. Absent: its streams stay short. */
  readonly state?: StateCodec<NoInfer<State>>;
  /** Its events count whatever was cleared since: accounts are no part of the cluster's data. */
  readonly outlivesClear?: boolean;
  /** The one stream of the aggregate. Absent: a stream for each id, `category-id`. */
  readonly stream?: string;
}

/** A decider, and the streams that its state is folded from. */
export interface Aggregate<Command, Event extends AnyEvent, State> extends StreamKind {
  readonly stream: (id: string) => string;
  readonly outlivesClear?: boolean;
  readonly decider: Decider<Command, Event, State>;
  readonly state?: StateCodec<State>;
}

/** Any of them, where only its stream and its fold count. */
export type AnyAggregate = Aggregate<never, AnyEvent, unknown>;

/** Declares an aggregate. Its line in the list of event types (`domain/event-types/list.ts`) makes it known. */
export function aggregate<Command, Event extends AnyEvent, State, Table extends Readonly<Record<Event['type'], EventDefinition>>>(
  declaration: AggregateDeclaration<Command, Event, State, Table>,
): Omit<Aggregate<Command, Event, State>, 'events'> & StreamKind<Table> {
  const { category, stream } = declaration;
  return { ...declaration, stream: stream === undefined ? (id) => streamName(category, id) : () => stream };
}
