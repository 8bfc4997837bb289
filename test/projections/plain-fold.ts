import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import type { Projection } from '#domain/kernel/projection.js';

/** A naive fold of a projection, event by event, as the oracle for the engine. Documents are in creation order. */
export function plainFold(
  projection: Projection,
  events: readonly RecordedMusterEvent[],
): ReadonlyMap<string, unknown> {
  return events.reduce(
    (documents, event) => foldOn(projection, documents, event),
    new Map<string, unknown>(),
  );
}

/** Folds one more event and returns the documents. */
export function foldOn(
  projection: Projection,
  given: Map<string, unknown>,
  event: RecordedMusterEvent,
): Map<string, unknown> {
  const isCleared = event.type === 'ClusterCleared' && projection.outlivesClear !== true;
  const documents = isCleared ? new Map<string, unknown>() : given;
  if (!projection.events.includes(event.type)) return documents;
  const holders = (index: string, value: string): string[] =>
    [...documents]
      .filter(([, document]) => projection.indexes![index]!(document) === value)
      .map(([id]) => id);
  const touched = new Set<string>();
  for (const touch of projection.touches(event)) {
    for (const id of typeof touch === 'string' ? [touch] : holders(touch.where, touch.equals)) {
      if (touched.has(id)) continue;
      const before = documents.get(id);
      const after = projection.evolve(before, event, id);
      if (after !== before) touched.add(id);
      if (after === undefined) documents.delete(id);
      else documents.set(id, after);
      if (before !== undefined || after === undefined || projection.keep === undefined) continue;
      const { index, newest } = projection.keep;
      const value = projection.indexes![index]!(after);
      if (value !== undefined)
        for (const old of holders(index, value).slice(0, -newest)) documents.delete(old);
    }
  }
  return documents;
}

export function documentAfter<Document>(
  projection: Projection,
  events: readonly RecordedMusterEvent[],
  id: string,
): Document | undefined {
  return plainFold(projection, events).get(id) as Document | undefined;
}
