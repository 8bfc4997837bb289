import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type {
  AppendRequest,
  AppendResult,
  EventStore,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';
import { checkClusterState, checkPlanLog } from '#src/fleet/scheduler/index.js';
import { Scheduler } from '#src/fleet/scheduler/scheduler.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { eventually } from '../../../fixtures/eventually.js';
import { Facts, ofType, planLogOf } from './cluster.js';

let instances = 0;

function start(
  t: Test,
  store: EventStore,
  directory?: string,
): { scheduler: Scheduler; stop: () => Promise<void>; ended: Promise<void> } {
  const stopping = new AbortController();
  const scheduler = new Scheduler({
    store,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    instance: `run-${(instances += 1)}`,
    ...(directory === undefined ? {} : { directory }),
  });
  const ended = scheduler.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended.catch(() => undefined);
  };
  t.teardown(stop);
  return { scheduler, stop, ended };
}

const placed = async (store: EventStore): Promise<number> =>
  ofType(await planLogOf(store), 'AllocationPlaced').length;

void t.test('places jobs submitted before and after its startup', async (t) => {
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.job('early', 3);
  start(t, store);
  await eventually(async () => (await placed(store)) === 3);
  await facts.job('late', 2);
  await eventually(async () => (await placed(store)) === 5);
  const events = await planLogOf(store);
  t.strictSame(
    ofType(events, 'EvaluationCompleted').map((each) => each.data.evaluationId),
    ['eval-early', 'eval-late'],
  );
  t.ok(
    events.every(
      (event) => event.metadata.$correlationId === 'test' && event.metadata.actor === 'saga:scheduler',
    ),
  );
  t.strictSame(await checkPlanLog(store), []);
});

void t.test('records with each append how many events it took into account', async (t) => {
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.job('early', 3);
  const { stop } = start(t, store);
  await eventually(async () => (await placed(store)) === 3);
  await facts.append({ type: 'NodeTagsSet', data: { nodeId: 'a', tags: [] } });
  await facts.job('late', 2);
  await eventually(async () => (await placed(store)) === 5);
  await stop();
  const log: RecordedEvent[] = [];
  for await (const page of store.readAll({})) log.push(...page);
  let [told, counted, since] = [0, 0, 0];
  let inPlan = false;
  for (const { stream, metadata } of log) {
    const { basis } = JSON.parse(metadata) as { readonly basis?: number };
    if (stream !== 'scheduler') since += 1;
    else if (basis !== undefined) {
      told += basis;
      counted += since;
      t.ok(basis <= since, `${basis} of ${since} events were taken into account`);
      since = 0;
    } else t.ok(inPlan && since === 0, 'only the first event of an append has the number');
    inPlan = stream === 'scheduler';
  }
  t.ok(told > 0 && told <= counted, `${told} of ${counted} events were taken into account in total`);
  t.ok(ofType(await planLogOf(store), 'AllocationPlaced').every(({ data }) => data.score !== undefined));
});

void t.test('decides nothing before the whole log is folded', async (t) => {
  const inner = createMemoryEventStore();
  const facts = new Facts(inner);
  await facts.node('a');
  await facts.job('j', 3);
  let sent = 0;
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  let delivered = false;
  const store = Object.assign(
    wrap(inner, (request) => {
      sent += 1;
      return inner.append(request);
    }),
    {
      subscribe: async function* (options: Parameters<EventStore['subscribe']>[0]) {
        for await (const message of inner.subscribe(options)) {
          if (message.kind === 'caughtUp') {
            delivered = true;
            await gate;
          }
          yield message;
        }
      },
    },
  );
  const { scheduler } = start(t, store);
  await eventually(() => delivered && scheduler.metrics().queued > 0, {
    what: 'queued work of the scheduler',
  });
  // Long enough for many iterations. None of them may plan.
  for (let turn = 0; turn < 50; turn += 1) await systemClock.sleep(1);
  t.equal(sent, 0);
  goOn();
  await eventually(async () => (await placed(inner)) === 3);
});

void t.test('retries a failed allocation at its retry time without any further event', async (t) => {
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.append({
    type: 'JobSubmitted',
    data: {
      jobId: 'j',
      evaluationId: 'e',
      specification: {
        task_groups: [
          {
            name: 'main',
            restart: { attempts: 1, delay: 0.2, mode: 'fail' },
            tasks: [{ name: 'task', driver: 'exec', config: { command: 'true' } }],
          },
        ],
      },
    },
  });
  start(t, store);
  const first = await eventually(async () => ofType(await planLogOf(store), 'AllocationPlaced')[0]);
  const { allocationId, jobId, group, slot, nodeId } = first.data;
  await facts.append({
    type: 'AllocationFailed',
    data: { allocationId, jobId, group, slot, nodeId, startTime: null, endTime: null, message: null },
  });
  await eventually(async () => (await placed(store)) === 2);
});

void t.test(
  'fills each slot once with two schedulers, of which one takes over when the other stops',
  async (t) => {
    const store = createMemoryEventStore({ sync: () => systemClock.sleep(1) });
    const facts = new Facts(store);
    for (let index = 0; index < 5; index += 1) await facts.node(`n${index}`);
    const one = start(t, store);
    const two = start(t, store);
    for (let index = 0; index < 30; index += 1) await facts.job(`j${index}`, 5);
    await eventually(async () => (await placed(store)) === 150);
    await eventually(() => [one, two].filter((each) => each.scheduler.metrics().standingBy).length === 1, {
      what: 'one scheduler on standby',
    });
    const active = one.scheduler.metrics().standingBy ? two : one;
    await active.stop();
    await facts.job('after', 5);
    await eventually(async () => (await placed(store)) === 155);
    t.strictSame(await checkPlanLog(store), []);
  },
);

void t.test('reads the log to find the outcome of an append without a response', async (t) => {
  const inner = createMemoryEventStore();
  let round = 0;
  const store = wrap(inner, async (request) => {
    if (request.stream !== 'scheduler') return inner.append(request);
    round += 1;
    const unknown = new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'cut off' });
    // In turn: executed without a response, not executed, executed with a response.
    if (round % 3 === 1) await inner.append(request);
    if (round % 3 === 0) return inner.append(request);
    throw unknown;
  });
  const facts = new Facts(inner);
  await facts.node('a');
  const { scheduler } = start(t, store);
  for (let index = 0; index < 10; index += 1) {
    await facts.job(`j${index}`);
    await eventually(async () => (await placed(inner)) === index + 1);
  }
  await eventually(() => scheduler.metrics().queued === 0);
  t.equal(scheduler.metrics().conflicts, 0);
  t.strictSame(await checkPlanLog(inner), []);
});

void t.test('retries while the store is full', async (t) => {
  const inner = createMemoryEventStore();
  let full = true;
  const store = wrap(inner, (request) =>
    full ? Promise.reject(new MusterError('MUSTER_E_STORE_FULL')) : inner.append(request),
  );
  const facts = new Facts(inner);
  await facts.node('a');
  await facts.job('j');
  const { scheduler } = start(t, store);
  await eventually(() => scheduler.metrics().refusals > 1);
  full = false;
  await eventually(async () => (await placed(inner)) === 1);
});

void t.test('stops with an error at an unknown event', async (t) => {
  const store = createMemoryEventStore();
  await store.append({
    stream: 'node-moon',
    expected: 'no_stream',
    events: [
      {
        id: '00000000-0000-4000-8000-000000000001',
        type: 'MoonRose',
        data: '{}',
        metadata: '{"$correlationId":"","$causationId":"","at":1,"v":1}',
      },
    ],
  });
  await t.rejects(start(t, store).ended, { code: 'MUSTER_E_EVENT_UNKNOWN' });
});

void t.test('continues from a snapshot that equals a fold of the log', async (t) => {
  const directory = t.testdir();
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.job('big', 1, 9000);
  const first = start(t, store, directory);
  await facts.job('j', 3);
  await eventually(async () => (await placed(store)) === 3);
  await first.stop();
  t.strictSame(await checkClusterState(store, directory, EVENT_CATALOG), []);
  await facts.node('b', { cpu: 10_000, memory: 10_000 });
  const read: (bigint | 'end' | undefined)[] = [];
  const watched = Object.assign(
    wrap(store, (request) => store.append(request)),
    {
      subscribe: (options: Parameters<EventStore['subscribe']>[0]) => {
        read.push(options?.after);
        return store.subscribe(options);
      },
    },
  );
  const second = start(t, watched, directory);
  await eventually(async () => (await placed(store)) === 4);
  t.ok(read[0] !== undefined, 'the log is not read from its beginning');
  await second.stop();
  t.strictSame(await checkClusterState(store, directory, EVENT_CATALOG), []);
  t.strictSame(await checkPlanLog(store), []);
});

void t.test('rejects a snapshot of another log, and the check reports a modified snapshot', async (t) => {
  const { readFileSync, writeFileSync } = await import('node:fs');
  const { createHash } = await import('node:crypto');
  const directory = t.testdir();
  const file = `${directory}/cluster-state.ndjson`;
  const store = createMemoryEventStore();
  const facts = new Facts(store);
  await facts.node('a');
  await facts.job('j');
  const first = start(t, store, directory);
  await eventually(async () => (await placed(store)) === 1);
  await first.stop();
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace('"priority":50', '"priority":51'));
  const other = createMemoryEventStore({ id: '00000000-0000-4000-8000-00000000000f' });
  await new Facts(other).node('x');
  const elsewhere = start(t, other, directory);
  await eventually(() => elsewhere.scheduler.metrics().caughtUp);
  t.equal(elsewhere.scheduler.metrics().jobs, 0, 'the scheduler folded its own log');
  await elsewhere.stop();
  const body = `${lines.join('\n')}\n`;
  writeFileSync(
    file,
    `${body}${JSON.stringify({ sha256: createHash('sha256').update(body).digest('hex') })}\n`,
  );
  t.match(await checkClusterState(store, directory, EVENT_CATALOG), [
    { check: 'cluster-state', subject: 'job j' },
  ]);
  writeFileSync(file, `${body}${JSON.stringify({ sha256: 'no' })}\n`);
  t.match(await checkClusterState(store, directory, EVENT_CATALOG), [{ subject: 'snapshot' }]);
});

function wrap(inner: EventStore, append: (request: AppendRequest) => Promise<AppendResult>): EventStore {
  return {
    id: inner.id,
    append,
    readStream: (...given) => inner.readStream(...given),
    readAll: (...given) => inner.readAll(...given),
    head: () => inner.head(),
    subscribe: (...given) => inner.subscribe(...given),
    truncateBefore: (...given) => inner.truncateBefore(...given),
    deleteStream: (...given) => inner.deleteStream(...given),
    tombstoneStream: (...given) => inner.tombstoneStream(...given),
    close: () => inner.close(),
  };
}
