import { catalogOf } from '#domain/kernel/catalog/index.js';
import type { Aggregate, AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { assertNext } from '#src/engine/event-store/index.js';
import type { FoldedStream, KnownCommand } from './stream-cache.js';

const BASE_WEIGHT = 512;

export interface FoldBounds {
  /** Position of the last ClusterCleared. Events up to it are ignored, except by aggregates that outlive a clear. */
  readonly border: bigint;
  readonly rememberedCommands: number;
}

export function unread<State>(initialState: State): FoldedStream<State> {
  return {
    state: initialState,
    revision: undefined,
    newest: undefined,
    keptAt: -1,
    commands: undefined,
    weight: BASE_WEIGHT,
  };
}

export async function catchUp<Command, Event extends AnyEvent, State>(
  store: EventStore,
  aggregate: Aggregate<Command, Event, State>,
  stream: string,
  folded: FoldedStream<State>,
  bounds: FoldBounds,
  until = Number.MAX_SAFE_INTEGER,
): Promise<FoldedStream<State>> {
  let result = folded;
  const from = folded.revision === undefined ? 0 : folded.revision + 1;
  const { decodeToDecide } = catalogOf(aggregate);
  for await (const page of store.readStream(stream, { from })) {
    for (const stored of page) {
      if (stored.revision > until) return result;
      assertNext(stream, result.revision, stored.revision);
      const event = decodeToDecide(stored);
      result =
        event === undefined
          ? passBy(result, stored)
          : foldOne(aggregate, result, stored, event as Recorded<Event>, bounds);
    }
  }
  return result;
}

export function foldOne<Command, Event extends AnyEvent, State>(
  aggregate: Aggregate<Command, Event, State>,
  folded: FoldedStream<State>,
  stored: Pick<RecordedEvent, 'data'>,
  event: Recorded<Event>,
  bounds: FoldBounds,
): FoldedStream<State> {
  if (event.position <= bounds.border && aggregate.outlivesClear !== true) return passBy(folded, event);
  return {
    state: aggregate.decider.evolve(folded.state, event),
    revision: event.revision,
    newest: { position: event.position, id: event.id },
    keptAt: folded.keptAt,
    commands: remember(folded.commands, event, bounds.rememberedCommands),
    weight: Math.max(folded.weight, BASE_WEIGHT + 2 * stored.data.length),
  };
}

/** Skips an event without folding it. Reading continues after it. */
function passBy<State>(
  folded: FoldedStream<State>,
  { revision, position, id }: Pick<RecordedEvent, 'revision' | 'position' | 'id'>,
): FoldedStream<State> {
  return { ...folded, revision, newest: { position, id } };
}

function remember(
  known: ReadonlyMap<string, KnownCommand> | undefined,
  event: Recorded<AnyEvent>,
  bound: number,
): ReadonlyMap<string, KnownCommand> | undefined {
  const { commandId, bodyDigest } = event.metadata;
  if (commandId === undefined || bodyDigest === undefined) return known;
  const commands = new Map(known);
  const first = commands.get(commandId)?.first ?? event.revision;
  commands.set(commandId, { bodyDigest, first, last: event.revision });
  if (commands.size > bound) commands.delete(commands.keys().next().value ?? '');
  return commands;
}
