import { randomUUID } from 'node:crypto';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import { appendPlan } from '#src/fleet/scheduler/plan-append.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

const event = () => ({ id: randomUUID(), type: 'EvaluationCompleted', data: '{}', metadata: '{}' });
const unknown = new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'cut off' });

/** A store whose appends never get a response; `before` is called before each. */
function mute(store: EventStore, before: (request: AppendRequest) => Promise<unknown>): EventStore {
  const append = async (request: AppendRequest) => {
    await before(request);
    throw unknown;
  };
  return Object.assign(Object.create(store) as EventStore, {
    append,
    readStream: store.readStream.bind(store),
  });
}

const request = (...events: ReturnType<typeof event>[]): AppendRequest => ({
  stream: 'scheduler',
  expected: 'no_stream',
  events,
});

void t.test('reports a conflict if another event was appended in its place', async (t) => {
  const store = createMemoryEventStore();
  const others = mute(store, () => store.append(request(event())));
  t.strictSame(
    await appendPlan(others, request(event(), event()), systemClock, new AbortController().signal),
    { kind: 'conflict', revision: 0 },
  );
});

void t.test(
  'reports a conflict if another event was appended in its place in a log with earlier events',
  async (t) => {
    const store = createMemoryEventStore();
    await store.append(request(event()));
    const others = mute(store, () => store.append({ ...request(event()), expected: 0 }));
    t.strictSame(
      await appendPlan(
        others,
        { ...request(event()), expected: 0 },
        systemClock,
        new AbortController().signal,
      ),
      { kind: 'conflict', revision: 1 },
    );
  },
);

void t.test('reports the whole plan as appended if its own event is in the log', async (t) => {
  const store = createMemoryEventStore();
  const own = mute(store, (sent) => store.append(sent));
  t.strictSame(
    await appendPlan(own, request(event(), event(), event()), systemClock, new AbortController().signal),
    { kind: 'appended', revision: 2 },
  );
});
