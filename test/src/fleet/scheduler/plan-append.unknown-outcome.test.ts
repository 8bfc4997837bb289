import { randomUUID } from 'node:crypto';
import t from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, EventStore } from '#domain/kernel/ports/event-store.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { appendPlan } from '#src/fleet/scheduler/plan-append.js';

const event = () => ({ id: randomUUID(), type: 'EvaluationCompleted', data: '{}', metadata: '{}' });
const unknown = new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'cut off' });

/** The store, whose appends are never answered; what they do before is told. */
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

void t.test(
  "another's event where the plan was to stand is a conflict, though the plan's outcome is unknown",
  async (t) => {
    const store = createMemoryEventStore();
    const others = mute(store, () => store.append(request(event())));
    t.strictSame(
      await appendPlan(others, request(event(), event()), systemClock, new AbortController().signal),
      { kind: 'conflict', revision: 0 },
    );
  },
);

void t.test('the same behind an earlier event', async (t) => {
  const store = createMemoryEventStore();
  await store.append(request(event()));
  const others = mute(store, () => store.append({ ...request(event()), expected: 0 }));
  t.strictSame(
    await appendPlan(others, { ...request(event()), expected: 0 }, systemClock, new AbortController().signal),
    { kind: 'conflict', revision: 1 },
  );
});

void t.test('its own event there says that the whole plan stands', async (t) => {
  const store = createMemoryEventStore();
  const own = mute(store, (sent) => store.append(sent));
  t.strictSame(
    await appendPlan(own, request(event(), event(), event()), systemClock, new AbortController().signal),
    { kind: 'appended', revision: 2 },
  );
});
