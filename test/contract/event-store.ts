import type { Test } from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { appendContract } from './event-store/append.js';
import { deletionContract } from './event-store/deletion.js';
import { modelContract } from './event-store/model.js';
import { readContract } from './event-store/read.js';
import { subscriptionContract } from './event-store/subscription.js';

/** Opens the adapter under test. Its log may already contain events, because the suite uses only streams with new names. */
export type OpenEventStore = () => Promise<EventStore>;

/**
 * Tests what every adapter of the event store port must do. `inOrder` (see {@link modelContract}) is more than the port promises.
 */
export async function eventStoreContract(
  test: Test,
  open: OpenEventStore,
  { inOrder = false } = {},
): Promise<void> {
  const store = await open();
  test.teardown(() => store.close());
  await test.test('appends', (part) => appendContract(part, store));
  await test.test('reads', (part) => readContract(part, store));
  await test.test('deletion and truncation', (part) => deletionContract(part, store));
  await test.test('subscriptions', (part) => subscriptionContract(part, store));
  await test.test('any sequence of appends and deletions gives the same results as the model', (part) =>
    modelContract(part, store, inOrder),
  );
}
