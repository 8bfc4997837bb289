import { randomUUID } from 'node:crypto';
import { decode, encode, type MusterEvent, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { ListOptions, ReadModels, StoredDocument } from '#domain/kernel/ports/read-models.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import type { Projection } from '#domain/kernel/projection.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import type { ModelStorage } from '#src/engine/read-models/storage.js';
import type { Scope } from '../../fixtures/scope.js';
import { streamOf } from '../../projections/history.js';
import { plainFold } from '../../projections/plain-fold.js';

/** Storage for the read models of one test. */
export interface ReadModelsPlace {
  /** Opens another connection of an engine to the same place. */
  storage(): Promise<ModelStorage>;
  /** Opens a read-only connection, independent of any engine. */
  models(projections?: readonly Projection[]): ReadModels;
}

export type OpenPlace = () => Promise<ReadModelsPlace>;

/** Appends each event to its own stream at the exact revision. `at` is the time of the decision, in milliseconds since 1970. */
export async function append(store: EventStore, events: readonly MusterEvent[], at = 1000): Promise<bigint> {
  const revisions = new Map<string, number>();
  let newest = -1n;
  for await (const page of store.readAll())
    for (const { stream, revision } of page) revisions.set(stream, revision);
  for (const event of events) {
    const stream = streamOf(event);
    const expected = revisions.get(stream) ?? 'no_stream';
    const encoded = encode(event, { $correlationId: 'test', $causationId: 'test', at });
    const { revision, position } = await store.append({
      stream,
      expected,
      events: [{ id: randomUUID(), ...encoded }],
    });
    revisions.set(stream, revision);
    newest = position;
  }
  return newest;
}

export async function historyOf(store: EventStore): Promise<readonly RecordedMusterEvent[]> {
  const events: RecordedMusterEvent[] = [];
  for await (const page of store.readAll())
    for (const recorded of page) {
      const bytes = Buffer.byteLength(recorded.data) + Buffer.byteLength(recorded.metadata);
      events.push({ ...decode(recorded), bytes });
    }
  return events;
}

/** Opens an engine, brings every model to the end of the log, and closes it. */
export async function project(
  place: ReadModelsPlace,
  store: EventStore,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<ReadModelEngine> {
  const storage = await place.storage();
  try {
    const engine = new ReadModelEngine({ ...FOLDS, store, storage, projections });
    await engine.run();
    return engine;
  } finally {
    await storage.close();
  }
}

/** Runs an engine that follows the log until the test ends, and then closes its storage. */
export function runEngine(
  t: Scope,
  options: ConstructorParameters<typeof ReadModelEngine>[0],
): ReadModelEngine {
  const engine = new ReadModelEngine(options);
  const stop = new AbortController();
  const running = engine.run(stop.signal);
  t.teardown(async () => {
    stop.abort();
    await running;
    await options.storage.close();
  });
  return engine;
}

export async function listed(
  models: ReadModels,
  model: string,
  options?: ListOptions,
): Promise<StoredDocument[]> {
  const documents: StoredDocument[] = [];
  for await (const page of models.list(model, options)) {
    if (page.length === 0) throw new Error('a page is empty');
    documents.push(...page);
  }
  return documents;
}

export type Contents = Record<string, readonly [id: string, document: unknown][]>;

/** Returns every document of every model, in creation order. */
export async function contents(
  models: ReadModels,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<Contents> {
  const all: Contents = {};
  for (const { name } of projections)
    all[name] = (await listed(models, name)).map(({ id, json }) => [id, JSON.parse(json)]);
  return all;
}

/** Returns the contents that the plain fold produces. */
export async function expectedContents(
  store: EventStore,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<Contents> {
  const events = await historyOf(store);
  const documents = (each: Projection): [string, unknown][] =>
    [...plainFold(each, events)].map(([id, document]) => [id, JSON.parse(JSON.stringify(document))]);
  return Object.fromEntries(projections.map((each) => [each.name, documents(each)]));
}

export async function contentsOf(
  place: ReadModelsPlace,
  projections: readonly Projection[] = PROJECTIONS,
): Promise<Contents> {
  const models = place.models(projections);
  try {
    return await contents(models, projections);
  } finally {
    await models.close();
  }
}

/** Replaces some parts of one projection. */
export function altered(
  projections: readonly Projection[],
  name: string,
  parts: Partial<Projection>,
): readonly Projection[] {
  return projections.map((each) => (each.name === name ? { ...each, ...parts } : each));
}
