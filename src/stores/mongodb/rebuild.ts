import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { type Models, ReadModelEngine } from '#src/engine/read-models/index.js';
import { connect, readModelError } from './connect.js';
import { openMongoStorage } from './open.js';
import { RebuildRequests } from './requests.js';

const POLL_MS = 200;

export interface RebuildOptions extends Models {
  readonly url: string;
  readonly eventStore: EventStore;
  readonly model: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Rebuilds a model, either in the projector that holds the lease or, if there is none, in this process. Returns false if the signal aborts first. A
 * projector then continues the rebuild.
 */
export async function rebuildInMongo({
  url,
  eventStore: store,
  model,
  clock,
  signal,
  ...models
}: RebuildOptions): Promise<boolean> {
  const { client, db } = connect(url, { socketTimeoutMS: 10_000 });
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const requests = new RebuildRequests(db);
    await requests.add(model);
    const here = buildHere(url, { ...models, store, clock }, model, over.signal);
    here.catch(stop);
    let done = false;
    while (!done && !over.signal.aborted) {
      await clock.sleep(POLL_MS, over.signal);
      done = !(await requests.all()).includes(model);
    }
    over.abort();
    await here;
    return done;
  } catch (error) {
    throw readModelError(error, model);
  } finally {
    over.abort();
    signal?.removeEventListener('abort', stop);
    await client.close();
  }
}

async function buildHere(
  url: string,
  { clock, ...models }: Models & { readonly store: EventStore; readonly clock: Clock },
  model: string,
  signal: AbortSignal,
): Promise<void> {
  const storage = await openMongoStorage({ url, clock, signal });
  if (storage === undefined) return;
  try {
    const engine = new ReadModelEngine({ ...models, storage });
    await engine.run();
    await engine.rebuild(model);
  } finally {
    await storage.close();
  }
}
