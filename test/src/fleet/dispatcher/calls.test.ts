import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { NOT_ATTEMPTED } from '#domain/scheduling/dispatch/next-step.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { Calls } from '#src/fleet/dispatcher/calls.js';
import { DeliveryAttempts } from '#src/fleet/dispatcher/delivery-attempts.js';
import type { DispatcherMetrics } from '#src/fleet/dispatcher/options.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent } from './simulated-agent.js';

const REQUEST_TIMEOUT = 1_000;
const RETRY = { first: 100, most: 400 };
const POLL = { first: 30, most: 120 };
const ENDPOINT = 'http://10.0.0.1:9';

interface Given {
  readonly ours?: boolean;
  readonly recordingWith?: (own: CommandExecutor) => CommandExecutor;
  /** Runs while the job of an order is read. */
  readonly meanwhile?: (server: Awaited<ReturnType<typeof startServer>>) => Promise<void>;
}

/** The calls to one agent with a single allocation `a`, ten seconds after its registration. */
async function scene(t: Test, { ours = false, recordingWith = (own) => own, meanwhile }: Given = {}) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  const { pen } = server;
  await pen.job('j1');
  await server.register({ endpoint: ENDPOINT }, { ours });
  await pen.place('a');
  await server.settled();
  await clock.advance(10_000);
  const metrics: DispatcherMetrics = {
    orders: 0,
    accepted: 0,
    rejected: 0,
    unknown: 0,
    asked: 0,
    stops: 0,
    stopped: 0,
    lost: 0,
    strays: 0,
    unrecorded: 0,
  };
  const said: { readonly code: string }[] = [];
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line) => said.push(JSON.parse(line) as { code: string }) },
  );
  const ways = () => ({ answering: pLimit(1), suspects: pLimit(1) });
  const jobs = Object.assign(Object.create(server.jobs) as typeof server.jobs, {
    imageRights: server.jobs.imageRights.bind(server.jobs),
    owner: server.jobs.owner.bind(server.jobs),
    correlationId: server.jobs.correlationId.bind(server.jobs),
    group: async (...asked: Parameters<typeof server.jobs.group>) => {
      await meanwhile?.(server);
      return await server.jobs.group(...asked);
    },
  });
  const node = server.placements.state.nodes.get('n1')!;
  const book = new DeliveryAttempts(clock, RETRY);
  const calls = new Calls(
    node,
    {
      ...server,
      jobs,
      logger,
      metrics,
      executor: recordingWith(server.executor),
      channel: agent,
      requestTimeoutMs: REQUEST_TIMEOUT,
      poll: POLL,
      signal: new AbortController().signal,
      pools: { running: ways(), ending: ways() },
    },
    book,
  );
  return {
    ...server,
    clock,
    agent,
    book,
    calls,
    said,
    metrics: () => Object.fromEntries(Object.entries(metrics).filter(([, count]) => count > 0)),
    placement: () => node.allocations.get('a')!,
    dealings: () => book.of('a'),
    /** Returns the result of a call after this many milliseconds. */
    after: async <Answer>(ms: number, call: () => Promise<Answer>): Promise<Answer> => {
      const answer = call();
      await clock.advance(ms);
      return await answer;
    },
    now: () => clock.monotonic(),
    events: async () => (await pen.types()).filter((type) => type.startsWith('Allocation')),
  };
}

const storeIsAway = (own: CommandExecutor): CommandExecutor => ({
  load: (...asked) => own.load(...asked),
  repeated: (...asked) => own.repeated(...asked),
  execute: () => Promise.reject(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' })),
});

void t.test('records at once an order that a third-party agent accepted', async (t) => {
  const { after, calls, placement, metrics, dealings, now, agent, events, store } = await scene(t);
  t.equal(await after(0, () => calls.place(placement())), true);
  t.ok(placement().accepted, 'the fold shows the order as accepted');
  t.strictSame(dealings(), { ...NOT_ATTEMPTED, order: 'unknown', sentAt: now() });
  t.strictSame(metrics(), { orders: 1, accepted: 1 });
  t.strictSame(agent.calledAt, [{ nodeId: 'n1', epoch: 1, endpoint: ENDPOINT }]);
  t.strictSame(await events(), ['AllocationAccepted']);
  for await (const page of store.readStream('node-n1', { direction: 'backwards', limit: 1 }))
    t.match(page[0]?.metadata, /"saga:dispatcher"/);
});

void t.test('marks an order that our agent accepted as acknowledged, and resets its failures', async (t) => {
  const { after, calls, placement, metrics, dealings, book, now, events } = await scene(t, { ours: true });
  book.failed('a');
  t.equal(await after(0, () => calls.place(placement())), true);
  t.match(dealings(), { order: 'acknowledged', sentAt: now(), failures: 0 });
  t.strictSame(metrics(), { orders: 1, accepted: 1 });
  t.strictSame(await events(), []);
});

void t.test(
  'after an order without a response, polls a third-party agent at once, and delays the next hint to ours',
  async (t) => {
    for (const ours of [false, true]) {
      const { after, calls, placement, metrics, dealings, agent, said, now } = await scene(t, { ours });
      agent.temper.dead = true;
      t.equal(await after(REQUEST_TIMEOUT, () => calls.place(placement())), false);
      t.match(dealings(), {
        order: 'unknown',
        sentAt: now() - REQUEST_TIMEOUT,
        failures: 1,
        notBefore: ours ? now() + RETRY.first : 0,
      });
      t.strictSame(metrics(), { orders: 1, unknown: 1 });
      t.match(said, [
        {
          code: 'dispatcher.unanswered',
          call: 'place',
          nodeId: 'n1',
          allocationId: 'a',
          problem: 'no answer',
        },
      ]);
    }
  },
);

void t.test('records a refused order as a failed allocation, and counts the refusal', async (t) => {
  const { after, calls, placement, metrics, agent, events, pen } = await scene(t);
  agent.temper.refusal = 'no room';
  t.equal(await after(0, () => calls.place(placement())), true);
  t.strictSame(metrics(), { orders: 1, rejected: 1 });
  t.strictSame(await events(), ['AllocationFailed']);
  t.match(await pen.newest('AllocationFailed'), { allocationId: 'a', message: 'no room' });
});

void t.test(
  'sends no order for a group that is missing from the log, and looks for it again later',
  async (t) => {
    const { after, calls, placement, metrics, dealings, said, agent, now } = await scene(t);
    const unknown = Object.assign(Object.create(placement()) as ReturnType<typeof placement>, {
      group: 'other',
    });
    t.equal(await after(0, () => calls.place(unknown)), undefined);
    t.match(dealings(), { order: 'none', failures: 1, notBefore: now() + RETRY.first });
    t.match(said, [
      {
        code: 'dispatcher.no_order',
        allocationId: 'a',
        jobId: 'j1',
        problem: 'the log contains no such task group',
      },
    ]);
    t.strictSame([metrics(), agent.calledAt], [{}, []]);
  },
);

void t.test('logs an order whose job cannot be read, and counts the attempt as failed', async (t) => {
  const { after, calls, placement, metrics, dealings, said } = await scene(t, {
    meanwhile: () => Promise.reject(new Error('no log')),
  });
  t.equal(await after(0, () => calls.place(placement())), undefined);
  t.equal(dealings().failures, 1);
  t.match(said, [{ code: 'dispatcher.no_order', problem: 'Error: no log' }]);
  t.strictSame(metrics(), {});
});

for (const [what, meanwhile] of Object.entries<NonNullable<Given['meanwhile']>>({
  'a stop was requested': async ({ pen }) => await pen.requestStop('a'),
  'the node went down': async ({ pen }) =>
    void (await pen.write('node-n1', {
      type: 'NodeWentDown',
      data: { nodeId: 'n1', epoch: 1, reason: 'silent' },
    })),
  'the node registered again': async ({ register }) =>
    void (await register({ endpoint: 'http://10.0.0.2:9' })),
  'the cluster was cleared': async ({ pen }) => await pen.clear(),
})) {
  void t.test(`sends no order if ${what} while the job was read`, async (t) => {
    const { after, calls, placement, metrics, dealings, agent } = await scene(t, {
      meanwhile: async (server) => {
        await meanwhile(server);
        await server.settled();
      },
    });
    const was = placement();
    t.equal(await after(0, () => calls.place(was)), undefined);
    t.strictSame([metrics(), agent.calledAt, dealings()], [{}, [], NOT_ATTEMPTED]);
  });
}

void t.test('becomes obsolete only after a clear, not after another registration of its node', async (t) => {
  const { calls, pen, register, settled } = await scene(t);
  await register();
  await settled();
  t.notOk(calls.obsolete);
  await pen.clear();
  await settled();
  t.ok(calls.obsolete);
});

void t.test(
  'records a reported status, and polls again after a delay that doubles while nothing changes',
  async (t) => {
    const { after, calls, placement, metrics, dealings, book, agent, now, events } = await scene(t);
    agent.held.set('a', 'running');
    book.change('a', { failures: 5, absences: 1 });
    for (const failures of [1, 2, 3, 4]) {
      t.equal(await after(0, () => calls.ask(placement())), true);
      t.match(dealings(), {
        failures,
        absences: 0,
        notBefore: now() + Math.min(POLL.most, POLL.first * 2 ** (failures - 1)),
      });
    }
    t.ok(placement().started);
    t.strictSame(metrics(), { asked: 4 });
    t.strictSame(await events(), ['AllocationAccepted', 'AllocationStarted']);
  },
);

void t.test('delays the next poll after a missing response', async (t) => {
  const { after, calls, placement, metrics, dealings, agent, said, now } = await scene(t);
  agent.temper.dead = true;
  t.equal(await after(REQUEST_TIMEOUT, () => calls.ask(placement())), false);
  t.match(dealings(), { failures: 1, notBefore: now() + RETRY.first });
  t.strictSame(metrics(), { asked: 1, unknown: 1 });
  t.match(said, [{ code: 'dispatcher.unanswered', call: 'ask' }]);
});

void t.test('counts an accepted but missing allocation as missing once per heartbeat', async (t) => {
  const { after, calls, placement, dealings, agent, heartbeat, telemetry, clock, now } = await scene(t);
  await after(0, () => calls.place(placement()));
  agent.held.clear();
  const ask = async () => {
    t.equal(await after(0, () => calls.ask(placement())), true);
    return dealings();
  };
  const first = now();
  t.match(await ask(), { absences: 1, absentAt: first, failures: 1, notBefore: first + POLL.first });
  await heartbeat();
  t.match(
    await ask(),
    { absences: 1, absentAt: first, failures: 2 },
    'a heartbeat at the same moment does not count as a later one',
  );
  await clock.advance(10);
  t.match(await ask(), { absences: 1, absentAt: first, failures: 3 });
  await heartbeat();
  t.match(await ask(), { absences: 2, absentAt: first + 10, failures: 4 });
  telemetry.forget('n1');
  await clock.advance(10);
  t.match(
    await ask(),
    { absences: 2, absentAt: first + 10 },
    'without a last-seen record, no later heartbeat is assumed',
  );
});

void t.test('counts a started allocation as missing even without an acknowledgement', async (t) => {
  const { after, calls, placement, dealings, heartbeat, settled } = await scene(t, { ours: true });
  await heartbeat({ allocations: { a: { status: 'running', start_time: 1 } } }, { ours: true });
  await settled();
  t.notOk(placement().accepted);
  await after(0, () => calls.ask(placement()));
  t.equal(dealings().absences, 1);
});

void t.test('resends an order once the previous one can no longer arrive', async (t) => {
  const { after, calls, placement, dealings, book, heartbeat, clock, now, events } = await scene(t);
  const sentAt = now();
  book.change('a', { order: 'unknown', sentAt, failures: 2 });
  await clock.advance(REQUEST_TIMEOUT + 1);
  t.equal(await after(0, () => calls.ask(placement())), true);
  t.match(
    dealings(),
    { order: 'unknown', failures: 3, notBefore: now() + 4 * RETRY.first },
    'the order stays unknown until a heartbeat arrives',
  );
  await heartbeat();
  t.equal(await after(0, () => calls.ask(placement())), true);
  t.match(dealings(), { order: 'none', failures: 0, notBefore: 0, absences: 0 });
  t.strictSame(await events(), []);
});

void t.test('counts an allocation as stopped once a third-party agent has stopped it', async (t) => {
  const { after, calls, placement, metrics, dealings, book, agent, clock, events, pen } = await scene(t);
  agent.held.set('a', 'running');
  book.failed('a');
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.match(dealings(), { stopTried: true, failures: 0 });
  t.strictSame(metrics(), { stops: 1, stopped: 1 });
  t.strictSame(await events(), ['AllocationStopped']);
  t.match(await pen.newest('AllocationStopped'), { endTime: Math.floor(clock.now() / 1000) });
});

void t.test('waits for the report of our own agent, and repeats the stop after five seconds', async (t) => {
  const { after, calls, placement, metrics, dealings, agent, now, events } = await scene(t, { ours: true });
  agent.held.set('a', 'running');
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.match(dealings(), { stopTried: true, failures: 1, notBefore: now() + 5_000 });
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.match(
    metrics(),
    { stops: 2, stopped: 1 },
    'an allocation that the agent no longer has counts as stopped',
  );
  t.strictSame(await events(), ['AllocationStopped']);
});

void t.test('a stop of our own agent carries kill timeouts that were changed in place', async (t) => {
  const { after, calls, placement, agent, pen } = await scene(t, { ours: true });
  agent.held.set('a', 'running');
  await after(0, () => calls.stop(placement()));
  const task = { name: 'main', driver: 'exec', config: { command: 'true' }, kill_timeout: 60 };
  await pen.write('job-j1', {
    type: 'JobUpdated',
    data: {
      jobId: 'j1',
      evaluationId: randomUUID(),
      specification: { task_groups: [{ name: 'web', tasks: [task] }] },
    },
  });
  await after(0, () => calls.stop(placement()));
  t.strictSame(agent.killTimeouts, [undefined, { main: 60 }]);
});

void t.test('restarts the count of failures with the first stop that gets no response', async (t) => {
  const { after, calls, placement, metrics, dealings, book, agent, said, now, events } = await scene(t);
  agent.temper.dead = true;
  book.change('a', { failures: 3 });
  for (const failures of [1, 2]) {
    t.equal(await after(REQUEST_TIMEOUT, () => calls.stop(placement())), false);
    t.match(dealings(), { stopTried: true, failures, notBefore: now() + RETRY.first * failures });
  }
  t.strictSame(metrics(), { stops: 2, unknown: 2 });
  t.match(said, [{ call: 'stop' }, { call: 'stop' }]);
  t.strictSame(await events(), []);
});

void t.test(
  'counts a missing allocation as stopped once its order has arrived or cannot arrive',
  async (t) => {
    const { after, calls, placement, metrics, dealings, book, heartbeat, clock, now, events } =
      await scene(t);
    book.change('a', { order: 'unknown', sentAt: now() });
    t.equal(await after(0, () => calls.stop(placement())), true);
    t.match(dealings(), { failures: 1, notBefore: now() + RETRY.first });
    t.strictSame(metrics(), { stops: 1 });
    await clock.advance(REQUEST_TIMEOUT + 1);
    await heartbeat();
    t.equal(await after(0, () => calls.stop(placement())), true);
    t.strictSame(metrics(), { stops: 2, stopped: 1 });
    t.strictSame(await events(), ['AllocationStopped']);
  },
);

for (const told of ['accepted', 'started'] as const) {
  void t.test(`counts a missing allocation as stopped if it was ${told}`, async (t) => {
    const { after, calls, placement, book, agent, heartbeat, settled, now, pen } = await scene(t, {
      ours: told === 'started',
    });
    if (told === 'accepted') await after(0, () => calls.place(placement()));
    else await heartbeat({ allocations: { a: { status: 'running', start_time: 1 } } }, { ours: true });
    await settled();
    agent.held.clear();
    book.change('a', { order: 'unknown', sentAt: now() });
    await after(0, () => calls.stop(placement()));
    t.equal((await pen.types()).at(-1), 'AllocationStopped');
  });
}

void t.test('records a lost allocation with the reason', async (t) => {
  const { after, calls, placement, metrics, dealings, book, said, pen } = await scene(t);
  book.change('a', { absences: 2 });
  await after(0, () => calls.lose(placement()));
  t.equal(dealings().absences, 0);
  t.strictSame(metrics(), { lost: 1 });
  t.match(said, [{ code: 'dispatcher.lost', nodeId: 'n1', allocationId: 'a' }]);
  t.match(await pen.newest('AllocationLost'), {
    allocationId: 'a',
    jobId: 'j1',
    group: 'web',
    slot: 0,
    reason: 'the agent no longer has this allocation',
  });
});

void t.test('stops an orphan and returns whether the agent responded', async (t) => {
  const { after, calls, metrics, agent, said, events } = await scene(t);
  t.equal(await after(0, () => calls.stopOrphan('z')), true);
  agent.temper.dead = true;
  t.equal(await after(REQUEST_TIMEOUT, () => calls.stopOrphan('z')), false);
  t.strictSame(agent.told, ['z', 'z']);
  t.strictSame(metrics(), { strays: 2 });
  t.match(said, [
    { code: 'dispatcher.stray', nodeId: 'n1', allocationId: 'z', outcome: 'absent' },
    { code: 'dispatcher.stray', outcome: 'unknown' },
  ]);
  t.strictSame(await events(), []);
});

void t.test('counts, logs and retries results that could not be recorded', async (t) => {
  const { after, calls, placement, metrics, dealings, agent, said, now } = await scene(t, {
    recordingWith: storeIsAway,
  });
  agent.held.set('a', 'running');
  t.equal(await after(0, () => calls.ask(placement())), true);
  t.match(dealings(), { failures: 1, notBefore: now() + RETRY.first });
  t.match(said, [
    { code: 'dispatcher.unrecorded', command: 'RecordReports', allocationId: 'a', problem: /away/ },
  ]);
  t.equal(await after(0, () => calls.place(placement())), true);
  t.equal(dealings().failures, 2);
  t.strictSame(metrics(), { asked: 1, orders: 1, accepted: 1, unrecorded: 2 });
});

void t.test('counts a repeated confirmation of a stop as an attempt without effect', async (t) => {
  const { after, calls, placement, dealings, metrics } = await scene(t);
  const was = placement();
  await after(0, () => calls.confirmStopped(was));
  t.equal(dealings().failures, 0);
  await after(0, () => calls.confirmStopped(was));
  t.equal(dealings().failures, 1);
  t.strictSame(metrics(), { stopped: 2 });
});

void t.test('does not report a result as unrecorded if its node has registered again', async (t) => {
  const { after, calls, placement, agent, register, metrics, dealings, said } = await scene(t);
  agent.held.set('a', 'running');
  agent.temper.late = 100;
  const asked = calls.ask(placement());
  await register({ endpoint: ENDPOINT });
  await after(100, () => asked);
  t.equal(await asked, true);
  t.strictSame(metrics(), { asked: 1 });
  t.equal(dealings().failures, 1);
  t.strictSame(said, []);
});
