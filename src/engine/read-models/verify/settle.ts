import type { Catalog } from '#domain/kernel/catalog/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { catchUp } from '../catch-up.js';
import { Batch } from '../batch.js';
import type { ModelFold } from '../model-fold.js';
import type { Gone, IndexedRow, ModelStorage } from '../storage.js';
import { compareRows, loadIndexed, missing, type Side } from './compare.js';
import type { Finding } from './finding.js';

/** A document is reported if it is missing this many times. If it is missing once, it may just have been recreated. */
const MAX_ATTEMPTS = 4;
const BATCH_SIZE = 500;

export interface Settling {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly fold: ModelFold;
  readonly live: Side;
  readonly rebuilt: Side & { readonly storage: ModelStorage };
}

/**
 * Compares documents that changed during the verification. A row names the event that changed it last and has applied all events before it, so it is
 * compared with the rebuilt document as of that event.
 */
export async function settle(
  subject: Settling,
  moved: ReadonlySet<string>,
  found: (finding: Finding) => void,
): Promise<void> {
  const ids = [...moved];
  for (let from = 0; from < ids.length; from += BATCH_SIZE)
    await settleSome(subject, ids.slice(from, from + BATCH_SIZE), found);
}

async function settleSome(
  { store, catalog, fold, live, rebuilt }: Settling,
  ids: readonly string[],
  found: (finding: Finding) => void,
): Promise<void> {
  const model = fold.projection.name;
  const lane = new Batch({ store, storage: rebuilt.storage, catalog, folds: [fold] });
  let left = ids;
  for (let look = 1; left.length > 0; look += 1) {
    // The position is read before the rows, so the rows are at least as new.
    const until = await positionOf(live, model);
    const rows = [...(await loadRows(live, left))].sort((a, b) => (a.applied < b.applied ? -1 : 1));
    await catchUp(store, lane, { until });
    for (const row of rows) {
      await catchUp(store, lane, { until: row.applied });
      const [expected] = await loadIndexed(rebuilt, [row.id]);
      const finding =
        'gone' in row ? expected && missing(model, expected) : compareRows(model, row, expected);
      if (finding !== undefined) found(finding);
    }
    // A document that left no trace was removed at a position that the live side has reached by now.
    await catchUp(store, lane, { until: await positionOf(live, model) });
    const there = new Set(rows.map(({ id }) => id));
    const absent = await loadIndexed(
      rebuilt,
      left.filter((id) => !there.has(id)),
    );
    if (look === MAX_ATTEMPTS) for (const row of absent) found(missing(model, row));
    left = look === MAX_ATTEMPTS ? [] : absent.map(({ id }) => id);
  }
}

async function loadRows(side: Side, ids: readonly string[]): Promise<readonly (IndexedRow | Gone)[]> {
  const gone = (await side.storage.load(side.generation, ids)).filter((row) => 'gone' in row);
  const known = new Set(gone.map(({ id }) => id));
  return [
    ...gone,
    ...(await loadIndexed(
      side,
      ids.filter((id) => !known.has(id)),
    )),
  ];
}

async function positionOf({ storage, generation }: Side, model: string): Promise<bigint> {
  const state = (await storage.generations()).find((each) => each.generation === generation);
  if (state === undefined)
    throw new MusterError('MUSTER_E_READ_MODEL_UNAVAILABLE', {
      model,
      problem: 'it was rebuilt in the meantime: verify again',
    });
  return state.checkpoint?.position ?? -1n;
}
