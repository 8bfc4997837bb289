import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Aggregate, AnyEvent, StateCodec } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { digestOfFold, readSnapshot, writeSnapshot, type MarkInStream } from '#src/engine/snapshots/index.js';
import type { FoldedStream, KnownCommand } from './stream-cache.js';

export const FOLDER = 'snapshots';
export const ENDING = '.ndjson';
const EVENTS_PER_SNAPSHOT = 1000;
const MAX_STREAMS = 20_000;

export interface StateRecord {
  readonly state: unknown;
  readonly commands: readonly (readonly [string, KnownCommand])[] | null;
  readonly weight: number;
}

/** Snapshots of long streams, one file per stream, written every thousand events so that startup only folds the remaining events. */
export class StreamSnapshots {
  readonly #folder: string;
  readonly #names: Set<string>;

  constructor(
    directory: string,
    private readonly store: EventStore,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#folder = join(directory, FOLDER);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#names = new Set(readdirSync(this.#folder).filter((name) => name.endsWith(ENDING)));
  }

  async load<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
    border: bigint,
  ): Promise<FoldedStream<State> | undefined> {
    const name = fileOf(stream);
    if (aggregate.state === undefined || !this.#names.has(name)) return undefined;
    const kept = new KeptStream(aggregate.state);
    const reading = await readSnapshot(
      join(this.#folder, name),
      digestOf(aggregate, border),
      this.store,
      kept.take,
    );
    return reading.kind === 'read' && 'stream' in reading.bookmark && reading.bookmark.stream === stream
      ? kept.at(reading.bookmark)
      : undefined;
  }

  keep<Command, Event extends AnyEvent, State>(
    aggregate: Aggregate<Command, Event, State>,
    stream: string,
    folded: FoldedStream<State>,
    border: bigint,
  ): FoldedStream<State> {
    const { revision, newest, keptAt } = folded;
    if (
      aggregate.state === undefined ||
      revision === undefined ||
      newest === undefined ||
      revision - keptAt < EVENTS_PER_SNAPSHOT
    )
      return folded;
    const name = fileOf(stream);
    try {
      writeSnapshot(
        join(this.#folder, name),
        {
          fold: digestOf(aggregate, border),
          store: this.store.id,
          bookmark: { stream, revision, ...newest },
        },
        [recordOf(aggregate.state, folded)],
      );
      this.#names.add(name);
      this.#forgetSome();
    } catch (error) {
      this.failed(error);
    }
    return { ...folded, keptAt: revision };
  }

  #forgetSome(): void {
    const [some] = this.#names.size > MAX_STREAMS ? this.#names : [];
    if (some === undefined) return;
    this.#names.delete(some);
    rmSync(join(this.#folder, some), { force: true });
  }
}

class KeptStream<State> {
  #record: StateRecord | undefined;

  constructor(private readonly codec: StateCodec<State>) {}

  readonly take = (record: unknown): void => {
    this.#record = record as StateRecord;
  };

  at({ revision, position, id }: MarkInStream): FoldedStream<State> | undefined {
    if (this.#record === undefined) return undefined;
    const { state, commands, weight } = this.#record;
    const known = commands === null ? undefined : new Map(commands);
    return {
      state: this.codec.restore(state),
      revision,
      newest: { position, id },
      keptAt: revision,
      commands: known,
      weight,
    };
  }
}

export function recordOf<State>(
  codec: StateCodec<State>,
  { state, commands, weight }: FoldedStream<State>,
): StateRecord {
  return { state: codec.save(state), commands: commands === undefined ? null : [...commands], weight };
}

/** Returns a digest that identifies the aggregate's fold of the events after the newest clear. */
export function digestOf<Command, Event extends AnyEvent, State>(
  { category, events, state, outlivesClear }: Aggregate<Command, Event, State>,
  border: bigint,
): string {
  return digestOfFold({
    name: category,
    version: state?.version ?? 0,
    events,
    ...(outlivesClear !== true && { border }),
  });
}

/** Returns the name of a stream's file, a digest: stream names may be longer than file names, and may differ in ways that a file system ignores. */
function fileOf(stream: string): string {
  return `${createHash('sha256').update(stream).digest('hex').slice(0, 40)}${ENDING}`;
}
