import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoStorage } from '#src/stores/mongodb/open.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import {
  deleted,
  group,
  place as at,
  placed,
  released,
  specification,
  started,
  submitted,
  updated,
} from '../../../projections/events.js';

/** Brings the models at `url` to the end of the log, over a connection of its own. */
export async function catchUp(url: string, store: EventStore, projections = PROJECTIONS): Promise<void> {
  const storage = await openMongoStorage({ url });
  try {
    await new ReadModelEngine({ ...FOLDS, store, storage: storage!, projections }).run();
  } finally {
    await storage?.close();
  }
}

/** A slot that is filled again and again, so that old allocations and evaluations are dropped while new ones are made. */
export function churn(job: string, times: number): MusterEvent[] {
  const events: MusterEvent[] = [submitted(job, specification(group('web', 1)))];
  for (let attempt = 0; attempt < times; attempt += 1) {
    const one = at(`${job}-${attempt}`, job, 0);
    events.push(
      placed(one),
      started(one),
      released(one, 'failed'),
      updated(job, specification(group('web', 1 + (attempt % 2)))),
    );
  }
  return events;
}

export const LATER: readonly MusterEvent[] = [
  ...churn('j1', 14),
  deleted('j2'),
  submitted('j2'),
  submitted('k'),
  deleted('k'),
];
