import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { SharedHead } from '#src/engine/event-store/sqlite/shared-head.js';
import { QUEUE_BOUNDS, WriterClient } from '#src/engine/event-store/sqlite/writer-client.js';

const SLOT = 3;

/** A head that grows right behind each of the first looks at it, before the one who looked can do anything else. */
class GrowingHead extends SharedHead {
  constructor(
    private readonly grow: () => void,
    private looks: number,
  ) {
    super();
  }

  override get position(): number {
    const seen = super.position;
    if (this.looks > 0) {
      this.looks -= 1;
      super.position = seen + 1;
      this.grow();
    }
    return seen;
  }

  override set position(position: number) {
    super.position = position;
  }
}

void t.test('growth between a look and the wait for more is not missed', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port2.close());
  // As the writer does: only those who wait are told.
  const head: GrowingHead = new GrowingHead(() => {
    if (head.take(SLOT)) port2.postMessage({ kind: 'grown' });
  }, 1);
  const client = new WriterClient(port1, SLOT, head, QUEUE_BOUNDS, () => undefined);
  const over = new AbortController();
  const patience = sleep(20_000, undefined, { signal: over.signal }).then(
    () => over.abort(),
    () => undefined,
  );
  t.equal(await client.grown(0, over.signal), true);
  over.abort();
  await patience;
});
