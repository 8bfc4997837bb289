import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { batchAttributes } from '#src/engine/tracing/index.js';

const event = (position: number, $correlationId: string): RecordedEvent => ({
  id: `e${position}`,
  type: 'JobStopped',
  stream: 'job-a',
  revision: position,
  position: BigInt(position),
  created: 0,
  data: '{}',
  metadata: JSON.stringify({ $correlationId, $causationId: 'c', at: 1, v: 1 }),
});

void t.test('describes a batch by its size, last position and correlation ids', async (t) => {
  t.strictSame(batchAttributes([event(3, 'a'), event(4, 'b'), event(9, 'a')]), {
    'muster.events': 3,
    'muster.position': '9',
    'muster.correlation_id': ['a', 'b'],
  });
  t.strictSame(batchAttributes([]), {
    'muster.events': 0,
    'muster.position': '-1',
    'muster.correlation_id': [],
  });
});

void t.test('lists at most twenty correlation ids', async (t) => {
  const many = Array.from({ length: 50 }, (_, index) => event(index, `r${index}`));
  t.strictSame(
    batchAttributes(many)['muster.correlation_id'],
    many.slice(0, 20).map((_, index) => `r${index}`),
  );
});

void t.test('lists an empty correlation id for a foreign event', async (t) => {
  t.match(batchAttributes([{ ...event(1, 'a'), metadata: 'no JSON' }]), {
    'muster.events': 1,
    'muster.correlation_id': [''],
  });
});
