import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import t from 'tap';
import { SharedHead } from '#src/engine/event-store/sqlite/shared-head.js';
import { QUEUE_BOUNDS, WriterClient } from '#src/engine/event-store/sqlite/writer-client.js';
import type { WriteMessage, WriterMessage } from '#src/engine/event-store/sqlite/writer/messages.js';

const SLOT = 3;

/** A head that grows right after each of its first reads, before the reader can act. */
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

void t.test('misses no append between the check of the head and the wait', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port2.close());
  // Like the writer, notify only a client that waits.
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

void t.test('frees queue space (requests and bytes) after each response', async (t) => {
  const { port1, port2 } = new MessageChannel();
  t.teardown(() => port2.close());
  let position = 0;
  port2.on('message', ({ requests }: WriteMessage) => {
    const [refused, taken] = [
      requests.filter(({ do: what }) => what === 'truncate'),
      requests.filter(({ do: what }) => what !== 'truncate'),
    ];
    const answers = taken.flatMap(({ token }) => [token, 0, (position += 1)]);
    const refusals = refused.map(({ token }) => ({
      token,
      code: 'MUSTER_E_STORE_FULL' as const,
      fields: {},
    }));
    port2.postMessage({ kind: 'answers', answers, refusals } satisfies WriterMessage);
  });
  const client = new WriterClient(port1, SLOT, new SharedHead(), { appends: 3, bytes: 100 }, () => undefined);
  const send = (bytes: number) => client.send({ do: 'append', stream: 's', expected: -1, texts: [] }, bytes);
  const busy = { code: 'MUSTER_E_STORE_BUSY' };
  for (let round = 0; round < 3; round += 1) {
    const full = send(100);
    await t.rejects(send(1), busy, 'one byte above the limit is refused');
    t.equal((await full).position, BigInt(position));
    await t.rejects(send(101), busy, 'an append larger than the whole queue is refused');
    const three = [send(1), send(1), send(1)];
    await t.rejects(send(1), busy, 'one append above the limit is refused');
    await Promise.all(three);
    await t.rejects(
      client.send({ do: 'truncate', stream: 's', before: 1 }, 100),
      { code: 'MUSTER_E_STORE_FULL' },
      'a refused request frees queue space too',
    );
  }
});
