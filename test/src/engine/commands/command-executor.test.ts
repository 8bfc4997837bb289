import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import type {
  AppendRequest,
  AppendResult,
  EventStore,
  RecordedEvent,
} from '#domain/kernel/ports/event-store.js';
import { cluster } from '#domain/cluster/aggregate.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor, type CommandExecutorOptions } from '#src/engine/commands/command-executor.js';
import { commandIdOf } from '#src/engine/commands/command-ids.js';
import { aroundAppend } from '#src/engine/event-store/index.js';
import { AppendDurations } from '#src/engine/metrics/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { plantFailingUpcaster } from '../../../fixtures/failing-upcaster.js';

const specification = {
  task_groups: [{ name: 'web', tasks: [{ name: 'serve', driver: 'exec', config: { command: 'true' } }] }],
};
let count = 0;
const evaluationId = (): string => `e${(count += 1)}`;
const submit = (jobId: string, evaluation = evaluationId()): JobCommand => ({
  kind: 'submit',
  jobId,
  evaluationId: evaluation,
  specification,
});

function context(over: Partial<CommandContext> = {}): CommandContext {
  return {
    commandId: `c${(count += 1)}`,
    repeatable: false,
    bodyDigest: 'digest',
    correlationId: 'r1',
    causationId: 'r1',
    actor: 'anonymous',
    surface: 'cluster',
    ...over,
  };
}

async function open(
  t: Test,
  store: EventStore = createMemoryEventStore(),
  over: Partial<CommandExecutorOptions> = {},
) {
  const executor = await openCommandExecutor({
    store,
    clock: systemClock,
    writer: `w${(count += 1)}`,
    ...over,
  });
  t.teardown(() => executor.close());
  return { executor, store };
}

async function eventsOf(store: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readStream(stream)) events.push(...page);
  return events;
}

async function typesOf(store: EventStore, stream: string): Promise<string[]> {
  return (await eventsOf(store, stream)).map((event) => event.type);
}

/** The store with `append` replaced. */
function appendingBy(
  store: EventStore,
  append: (request: AppendRequest) => Promise<AppendResult>,
): EventStore {
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'append') return append;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

void t.test('appends the events of a command and returns their position', async (t) => {
  const { executor, store } = await open(t);
  const done = await executor.execute(jobs, 'a', submit('a', 'e-a'), context());
  t.match(done, {
    repeated: false,
    state: { kind: 'present', version: 0 },
    events: [{ type: 'JobSubmitted', revision: 0, stream: 'job-a' }],
  });
  t.equal(done.position, await store.head());
  const stored = await eventsOf(store, 'job-a');
  t.match(JSON.parse(stored[0]?.metadata ?? ''), {
    $correlationId: 'r1',
    $causationId: 'r1',
    actor: 'anonymous',
    surface: 'cluster',
    v: 1,
  });
  t.notMatch(
    JSON.parse(stored[0]?.metadata ?? ''),
    { commandId: String },
    'the id of a command that cannot be repeated is not stored',
  );
});

void t.test('uses the time of the system and a writer of its own by default', async (t) => {
  const began = systemClock.now();
  const ids: string[] = [];
  for (const store of [createMemoryEventStore(), createMemoryEventStore()]) {
    const executor = await openCommandExecutor({ store });
    t.teardown(() => executor.close());
    const { events } = await executor.execute(jobs, 'a', submit('a', 'e-a'), context());
    t.ok(events[0]!.metadata.at >= began);
    ids.push(events[0]!.id);
  }
  t.not(ids[0], ids[1], 'the same append of another executor is another event');
});

void t.test('appends nothing for a refused command', async (t) => {
  const { executor, store } = await open(t);
  await t.rejects(executor.execute(jobs, 'a', { kind: 'stop', jobId: 'a', evaluationId: 'e' }, context()), {
    code: 'MUSTER_E_JOB_NOT_FOUND',
  });
  t.equal(await store.head(), undefined);
});

void t.test(
  "returns the position of the stream's last event for a command without changes, and stores no key",
  async (t) => {
    const { executor, store } = await open(t);
    await executor.execute(jobs, 'a', submit('a'), context());
    await executor.execute(jobs, 'a', { kind: 'stop', jobId: 'a', evaluationId: 'e' }, context());
    const head = await store.head();
    await executor.execute(jobs, 'b', submit('b'), context());
    const again = await executor.execute(
      jobs,
      'a',
      { kind: 'stop', jobId: 'a', evaluationId: 'e' },
      context(),
    );
    t.match(again, { events: [], repeated: false });
    t.equal(again.position, head);
  },
);

void t.test('refines a command only before a decision on an existing stream', async (t) => {
  const { executor, store } = await open(t);
  const seen: string[] = [];
  const refine = async (command: JobCommand, state: JobState): Promise<JobCommand> => {
    seen.push(state.kind === 'present' ? `version ${state.version}` : state.kind);
    return await Promise.resolve({ ...command, completeVersion: 0 });
  };
  const repeatable = context({ repeatable: true });
  await executor.execute(jobs, 'a', submit('a'), context(), { fresh: true, refine });
  t.same(seen, [], 'a command that begins a stream is not refined');
  await executor.execute(jobs, 'a', submit('a'), repeatable, { fresh: true, refine });
  t.same(seen, ['version 0']);
  await executor.execute(jobs, 'a', submit('a'), repeatable, { fresh: true, refine });
  t.same(seen, ['version 0'], 'a repeated command is not refined');
  t.match(JSON.parse((await eventsOf(store, 'job-a'))[1]?.data ?? ''), { completed: { web: 1 } });

  const other = await open(t, store);
  await other.executor.execute(jobs, 'a', submit('a'), context(), { fresh: true, refine });
  t.same(
    seen,
    ['version 0', 'version 1'],
    'after a conflict, the command is refined by the state that was read',
  );
});

void t.test('accepts a hundred concurrent commands on one stream', async (t) => {
  const { executor, store } = await open(t);
  await Promise.all(Array.from({ length: 100 }, () => executor.execute(jobs, 'a', submit('a'), context())));
  const types = await typesOf(store, 'job-a');
  t.equal(types.length, 100);
  t.equal(types.filter((type) => type === 'JobSubmitted').length, 1);
});

void t.test("decides again after another writer's append", async (t) => {
  const store = createMemoryEventStore();
  const one = await open(t, store);
  const other = await open(t, store);
  await one.executor.execute(jobs, 'a', submit('a'), context());
  await other.executor.execute(jobs, 'a', { kind: 'stop', jobId: 'a', evaluationId: 'e' }, context());
  t.same(
    (await one.executor.execute(jobs, 'a', { kind: 'stop', jobId: 'a', evaluationId: 'e' }, context()))
      .events,
    [],
  );
  await other.executor.execute(jobs, 'a', { kind: 'delete', jobId: 'a', evaluationId: 'e' }, context());
  await t.rejects(
    one.executor.execute(jobs, 'a', { kind: 'restart', jobId: 'a', evaluationId: 'e' }, context()),
    { code: 'MUSTER_E_JOB_NOT_FOUND' },
  );
  const again = await one.executor.execute(jobs, 'a', submit('a'), context());
  t.match(again.events, [{ type: 'JobSubmitted', revision: 3 }]);
});

void t.test('decides again after one conflict if the stream was wrongly assumed to be new', async (t) => {
  const store = createMemoryEventStore();
  const one = await open(t, store);
  const other = await open(t, store);
  await one.executor.execute(jobs, 'a', submit('a'), context());
  const done = await other.executor.execute(jobs, 'a', submit('a'), context(), { fresh: true });
  t.match(done.events, [{ type: 'JobUpdated', revision: 1 }]);
});

void t.test('gives up after the maximum number of conflicts', async (t) => {
  const store = createMemoryEventStore();
  let tries = 0;
  const refusing = appendingBy(store, (request) => {
    tries += 1;
    return Promise.reject(
      new MusterError('MUSTER_E_WRONG_REVISION', { stream: request.stream, expected: 0, actual: 1 }),
    );
  });
  const { executor } = await open(t, refusing, { attempts: 3 });
  await t.rejects(executor.execute(jobs, 'a', submit('a'), context()), {
    code: 'MUSTER_E_CONFLICT',
    status: 503,
  });
  t.equal(tries, 3);
});

void t.test('finds an append whose response was lost by its event ids', async (t) => {
  const store = createMemoryEventStore();
  let sent = 0;
  const silent = appendingBy(store, async (request) => {
    sent += 1;
    await store.append(request);
    throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'no answer' });
  });
  const { executor } = await open(t, silent);
  const done = await executor.execute(jobs, 'a', submit('a'), context());
  t.match(done.events, [{ type: 'JobSubmitted', revision: 0 }]);
  t.equal(sent, 1);
  t.same(await typesOf(store, 'job-a'), ['JobSubmitted']);
});

void t.test('retries an append that was not written, with the same events', async (t) => {
  const store = createMemoryEventStore();
  const ids: string[] = [];
  const weak = appendingBy(store, async (request) => {
    ids.push(request.events[0]?.id ?? '');
    if (ids.length === 1) throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'gone' });
    return store.append(request);
  });
  const { executor } = await open(t, weak);
  await executor.execute(jobs, 'a', submit('a'), context());
  t.equal(ids.length, 2);
  t.equal(ids[0], ids[1]);
});

void t.test('refuses commands on a stream with an event whose upcaster fails, and on no other', async (t) => {
  plantFailingUpcaster(t, 'JobSubmitted');
  const { executor, store } = await open(t);
  const data = JSON.stringify({ jobId: 'a', evaluationId: 'e', specification });
  const metadata = JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 1 });
  const old = { id: '5c0ff3ac-6a38-4bd4-9b0e-0a2b0a6a3f10', type: 'JobSubmitted', data, metadata };
  await store.append({ stream: 'job-a', expected: 'no_stream', events: [old] });
  await t.rejects(executor.execute(jobs, 'a', submit('a'), context()), {
    code: 'MUSTER_E_EVENT_NOT_UPCAST',
    fields: { type: 'JobSubmitted', version: 1, stream: 'job-a', revision: 0 },
  });
  t.match((await executor.execute(jobs, 'b', submit('b'), context())).events, [{ type: 'JobSubmitted' }]);
});

void t.test('returns the earlier events for a repeated command', async (t) => {
  const store = createMemoryEventStore();
  const { executor } = await open(t, store);
  const commandId = commandIdOf({
    surface: 'cluster',
    principal: 'anonymous',
    method: 'POST',
    path: '/jobs',
    idempotencyKey: 'k',
  });
  const key = context({ commandId, repeatable: true });
  const first = await executor.execute(jobs, 'a', submit('a', 'e-first'), key);
  await executor.execute(jobs, 'a', submit('a'), context());

  const again = await executor.execute(jobs, 'a', submit('a', 'e-second'), key);
  t.match(again, {
    repeated: true,
    position: first.position,
    events: [{ data: { evaluationId: 'e-first' } }],
  });

  const restarted = await open(t, store);
  const later = await restarted.executor.execute(jobs, 'a', submit('a', 'e-third'), key);
  t.match(
    later,
    { repeated: true, events: [{ data: { evaluationId: 'e-first' } }] },
    'the repetition is recognized after a restart too',
  );
  t.equal((await typesOf(store, 'job-a')).length, 2);

  const other = { ...key, bodyDigest: 'another' };
  await t.rejects(restarted.executor.execute(jobs, 'a', submit('a'), other), {
    code: 'MUSTER_E_IDEMPOTENCY_KEY_REUSED',
    status: 422,
  });
  await t.rejects(
    executor.execute(jobs, 'b', submit('b'), other),
    { code: 'MUSTER_E_IDEMPOTENCY_KEY_REUSED' },
    'a reused key is refused for another stream too',
  );
});

void t.test(
  'refuses an idempotency key that is reused with another body, even in another process',
  async (t) => {
    const store = createMemoryEventStore();
    const first = await open(t, store);
    const key = context({ repeatable: true, bodyDigest: 'first' });
    await first.executor.execute(jobs, 'a', submit('a', 'e1'), key);
    const second = await open(t, store);
    await t.rejects(second.executor.execute(jobs, 'a', submit('a'), { ...key, bodyDigest: 'another' }), {
      code: 'MUSTER_E_IDEMPOTENCY_KEY_REUSED',
      status: 422,
    });
    t.same(await typesOf(store, 'job-a'), ['JobSubmitted']);
    t.match(await second.executor.execute(jobs, 'a', submit('a'), key), {
      repeated: true,
      events: [{ data: { evaluationId: 'e1' } }],
    });
  },
);

void t.test('decides a refused command again if the stream has changed', async (t) => {
  const store = createMemoryEventStore();
  const one = await open(t, store);
  const other = await open(t, store);
  const stop: JobCommand = { kind: 'stop', jobId: 'a', evaluationId: 'e' };
  await t.rejects(one.executor.execute(jobs, 'a', stop, context()), { code: 'MUSTER_E_JOB_NOT_FOUND' });
  await other.executor.execute(jobs, 'a', submit('a'), context());
  t.match((await one.executor.execute(jobs, 'a', stop, context())).events, [
    { type: 'JobStopped', revision: 1 },
  ]);
});

void t.test('executes the same command once if sent twice at the same time', async (t) => {
  const { executor, store } = await open(t);
  const key = context({ repeatable: true });
  const both = await Promise.all([1, 2].map(() => executor.execute(jobs, 'a', submit('a', 'e1'), key)));
  t.same(both.map((each) => each.repeated).sort(), [false, true]);
  t.same(await typesOf(store, 'job-a'), ['JobSubmitted']);
});

void t.test('treats streams from before a clear as absent, in this and other processes', async (t) => {
  const store = createMemoryEventStore();
  const one = await open(t, store);
  const other = await open(t, store);
  await one.executor.execute(jobs, 'a', submit('a'), context());
  await other.executor.load(jobs, 'a');
  await one.executor.execute(cluster, '', { kind: 'clear' }, context());
  t.match(await one.executor.load(jobs, 'a'), { kind: 'absent' });
  await t.rejects(
    one.executor.execute(jobs, 'a', { kind: 'stop', jobId: 'a', evaluationId: 'e' }, context()),
    { code: 'MUSTER_E_JOB_NOT_FOUND' },
  );
  while ((await other.executor.load(jobs, 'a')).kind !== 'absent') await new Promise(setImmediate);
  t.match(await (await open(t, store)).executor.load(jobs, 'a'), { kind: 'absent' });
  const done = await other.executor.execute(jobs, 'a', submit('a'), context());
  t.match(done.events, [{ type: 'JobSubmitted', revision: 1 }]);
});

void t.test('after a clear, appends no command that was decided before it', async (t) => {
  const { executor, store } = await open(t);
  await executor.execute(jobs, 'a', submit('a'), context());
  const results = await Promise.allSettled([
    ...Array.from({ length: 20 }, () =>
      executor.execute(
        jobs,
        'a',
        { kind: 'update', jobId: 'a', evaluationId: 'e', specification },
        context(),
      ),
    ),
    executor.execute(cluster, '', { kind: 'clear' }, context()),
    ...Array.from({ length: 20 }, () =>
      executor.execute(
        jobs,
        'a',
        { kind: 'update', jobId: 'a', evaluationId: 'e', specification },
        context(),
      ),
    ),
  ]);
  const border = (await eventsOf(store, 'cluster'))[0]?.position ?? -1n;
  const late = (await eventsOf(store, 'job-a')).filter((event) => event.position > border);
  t.same(late, []);
  t.ok(
    results
      .slice(21)
      .every((each) => each.status === 'rejected' && isMusterError(each.reason, 'MUSTER_E_JOB_NOT_FOUND')),
  );
});

void t.test('refuses commands while the store is full, and continues afterwards', async (t) => {
  const store = createMemoryEventStore();
  let full = false;
  const filling = appendingBy(store, (request) =>
    full ? Promise.reject(new MusterError('MUSTER_E_STORE_FULL')) : store.append(request),
  );
  const { executor } = await open(t, filling);
  await executor.execute(jobs, 'a', submit('a'), context());
  full = true;
  await t.rejects(executor.execute(jobs, 'a', submit('a'), context()), {
    code: 'MUSTER_E_STORE_FULL',
    status: 503,
  });
  full = false;
  t.match((await executor.execute(jobs, 'a', submit('a'), context())).events, [{ revision: 1 }]);
});

void t.test('refuses commands beyond the limit immediately', async (t) => {
  const { executor } = await open(t, createMemoryEventStore(), { maxUnderWay: 2 });
  const results = await Promise.allSettled(
    ['a', 'b', 'c'].map((id) => executor.execute(jobs, id, submit(id), context())),
  );
  t.same(
    results.map((each) => each.status),
    ['fulfilled', 'fulfilled', 'rejected'],
  );
});

void t.test('executes commands on several streams with a cache for only one', async (t) => {
  const { executor } = await open(t, createMemoryEventStore(), { cache: { entries: 1, bytes: 1 } });
  for (const id of ['a', 'b', 'a', 'b']) await executor.execute(jobs, id, submit(id), context());
  t.match(await executor.load(jobs, 'a'), { version: 1 });
});

void t.test('measures the duration of each append by outcome', async (t) => {
  const appends = new AppendDurations();
  let away = true;
  const store = aroundAppend(createMemoryEventStore(), async (_request, append) => {
    t.equal(appends.underWay, 1);
    if (away) {
      away = false;
      throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' });
    }
    return await append();
  });
  const { executor } = await open(t, store, { appends });
  await executor.execute(jobs, 'timed', submit('timed'), context());
  const counts = Object.entries(appends.snapshots()).map(([outcome, { counts }]) => [
    outcome,
    counts.reduce((sum, each) => sum + each, 0),
  ]);
  t.strictSame(Object.fromEntries(counts), { unavailable: 1, appended: 1 });
  t.equal(appends.underWay, 0);
});
