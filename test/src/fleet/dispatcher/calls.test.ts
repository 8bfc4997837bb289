import pLimit from 'p-limit';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { NOT_ATTEMPTED } from '#domain/scheduling/dispatch/next-step.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import { Calls } from '#src/fleet/dispatcher/calls.js';
import { DeliveryAttempts } from '#src/fleet/dispatcher/delivery-attempts.js';
import type { DispatcherMetrics } from '#src/fleet/dispatcher/options.js';
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
  /** Happens while the job of an order is read. */
  readonly meanwhile?: (server: Awaited<ReturnType<typeof startServer>>) => Promise<void>;
}

/** The calls to one agent, of which nothing but an allocation `a` is known. Ten seconds have passed since it registered. */
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
    /** What a call answers, after so many milliseconds. */
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

void t.test('an order that a third party takes is recorded at once, by the dispatcher', async (t) => {
  const { after, calls, placement, metrics, dealings, now, agent, events, store } = await scene(t);
  t.equal(await after(0, () => calls.place(placement())), true);
  t.ok(placement().accepted, 'its own fold shows it');
  t.strictSame(dealings(), { ...NOT_ATTEMPTED, order: 'unknown', sentAt: now() });
  t.strictSame(metrics(), { orders: 1, accepted: 1 });
  t.strictSame(agent.calledAt, [{ nodeId: 'n1', epoch: 1, endpoint: ENDPOINT }]);
  t.strictSame(await events(), ['AllocationAccepted']);
  for await (const page of store.readStream('node-n1', { direction: 'backwards', limit: 1 }))
    t.match(page[0]?.metadata, /"saga:dispatcher"/);
});

void t.test('an order that one of ours takes is remembered, and its failures are forgotten', async (t) => {
  const { after, calls, placement, metrics, dealings, book, now, events } = await scene(t, { ours: true });
  book.failed('a');
  t.equal(await after(0, () => calls.place(placement())), true);
  t.match(dealings(), { order: 'acknowledged', sentAt: now(), failures: 0 });
  t.strictSame(metrics(), { orders: 1, accepted: 1 });
  t.strictSame(await events(), []);
});

void t.test(
  'after an order without an answer a third party is asked at once, one of ours told again later',
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

void t.test('a refusal is recorded, and counted as one', async (t) => {
  const { after, calls, placement, metrics, agent, events, pen } = await scene(t);
  agent.temper.refusal = 'no room';
  t.equal(await after(0, () => calls.place(placement())), true);
  t.strictSame(metrics(), { orders: 1, rejected: 1 });
  t.strictSame(await events(), ['AllocationFailed']);
  t.match(await pen.newest('AllocationFailed'), { allocationId: 'a', message: 'no room' });
});

void t.test('what the log holds no group for is not ordered, and looked for again later', async (t) => {
  const { after, calls, placement, metrics, dealings, said, agent, now } = await scene(t);
  const unknown = Object.assign(Object.create(placement()) as ReturnType<typeof placement>, {
    group: 'other',
  });
  t.equal(await after(0, () => calls.place(unknown)), undefined);
  t.match(dealings(), { order: 'none', failures: 1, notBefore: now() + RETRY.first });
  t.match(said, [
    { code: 'dispatcher.no_order', allocationId: 'a', jobId: 'j1', problem: 'the log holds no such group' },
  ]);
  t.strictSame([metrics(), agent.calledAt], [{}, []]);
});

void t.test('a job that cannot be read now is read again later', async (t) => {
  const { after, calls, placement, metrics, dealings, said } = await scene(t, {
    meanwhile: () => Promise.reject(new Error('no log')),
  });
  t.equal(await after(0, () => calls.place(placement())), undefined);
  t.equal(dealings().failures, 1);
  t.match(said, [{ code: 'dispatcher.no_order', problem: 'Error: no log' }]);
  t.strictSame(metrics(), {});
});

for (const [what, meanwhile] of Object.entries<NonNullable<Given['meanwhile']>>({
  'it was called off': async ({ pen }) => await pen.requestStop('a'),
  'its node went down': async ({ pen }) =>
    void (await pen.write('node-n1', {
      type: 'NodeWentDown',
      data: { nodeId: 'n1', epoch: 1, reason: 'silent' },
    })),
  'its node registered again': async ({ register }) =>
    void (await register({ endpoint: 'http://10.0.0.2:9' })),
  'the cluster was cleared': async ({ pen }) => await pen.clear(),
})) {
  void t.test(`no order goes out where ${what} while the job was read`, async (t) => {
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

void t.test('only a clear makes a node another one', async (t) => {
  const { calls, pen, register, settled } = await scene(t);
  await register();
  await settled();
  t.notOk(calls.obsolete);
  await pen.clear();
  await settled();
  t.ok(calls.obsolete);
});

void t.test(
  'what is found is recorded; it is asked about soon after news, and later each time without',
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

void t.test('a question without an answer is asked again later', async (t) => {
  const { after, calls, placement, metrics, dealings, agent, said, now } = await scene(t);
  agent.temper.dead = true;
  t.equal(await after(REQUEST_TIMEOUT, () => calls.ask(placement())), false);
  t.match(dealings(), { failures: 1, notBefore: now() + RETRY.first });
  t.strictSame(metrics(), { asked: 1, unknown: 1 });
  t.match(said, [{ code: 'dispatcher.unanswered', call: 'ask' }]);
});

void t.test('what was taken and is not there is missing once a heartbeat', async (t) => {
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
    'what was heard at the same moment is no later heartbeat',
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
    'a node that was never heard had no heartbeat since',
  );
});

void t.test('what had begun and is not there is missing, though nobody acknowledged it', async (t) => {
  const { after, calls, placement, dealings, heartbeat, settled } = await scene(t, { ours: true });
  await heartbeat({ allocations: { a: { status: 'running', start_time: 1 } } }, { ours: true });
  await settled();
  t.notOk(placement().accepted);
  await after(0, () => calls.ask(placement()));
  t.equal(dealings().absences, 1);
});

void t.test('an order that did not arrive is sent again once it cannot arrive any more', async (t) => {
  const { after, calls, placement, dealings, book, heartbeat, clock, now, events } = await scene(t);
  const sentAt = now();
  book.change('a', { order: 'unknown', sentAt, failures: 2 });
  await clock.advance(REQUEST_TIMEOUT + 1);
  t.equal(await after(0, () => calls.ask(placement())), true);
  t.match(
    dealings(),
    { order: 'unknown', failures: 3, notBefore: now() + 4 * RETRY.first },
    'not heard since',
  );
  await heartbeat();
  t.equal(await after(0, () => calls.ask(placement())), true);
  t.match(dealings(), { order: 'none', failures: 0, notBefore: 0, absences: 0 });
  t.strictSame(await events(), []);
});

void t.test('what a third party stopped has stopped', async (t) => {
  const { after, calls, placement, metrics, dealings, book, agent, clock, events, pen } = await scene(t);
  agent.held.set('a', 'running');
  book.failed('a');
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.match(dealings(), { stopTried: true, failures: 0 });
  t.strictSame(metrics(), { stops: 1, stopped: 1 });
  t.strictSame(await events(), ['AllocationStopped']);
  t.match(await pen.newest('AllocationStopped'), { endTime: Math.floor(clock.now() / 1000) });
});

void t.test(
  'one of ours that stops it says itself when it has; five seconds later it is told again',
  async (t) => {
    const { after, calls, placement, metrics, dealings, agent, now, events } = await scene(t, { ours: true });
    agent.held.set('a', 'running');
    t.equal(await after(0, () => calls.stop(placement())), true);
    t.match(dealings(), { stopTried: true, failures: 1, notBefore: now() + 5_000 });
    t.equal(await after(0, () => calls.stop(placement())), true);
    t.match(metrics(), { stops: 2, stopped: 1 }, 'unless it has it no more');
    t.strictSame(await events(), ['AllocationStopped']);
  },
);

void t.test('stops without an answer are counted from the first of them', async (t) => {
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

void t.test('what is not there has stopped where its order arrived, or cannot arrive any more', async (t) => {
  const { after, calls, placement, metrics, dealings, book, heartbeat, clock, now, events } = await scene(t);
  book.change('a', { order: 'unknown', sentAt: now() });
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.match(dealings(), { failures: 1, notBefore: now() + RETRY.first });
  t.strictSame(metrics(), { stops: 1 });
  await clock.advance(REQUEST_TIMEOUT + 1);
  await heartbeat();
  t.equal(await after(0, () => calls.stop(placement())), true);
  t.strictSame(metrics(), { stops: 2, stopped: 1 });
  t.strictSame(await events(), ['AllocationStopped']);
});

for (const told of ['accepted', 'started'] as const) {
  void t.test(`what was ${told} and is not there has stopped`, async (t) => {
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

void t.test('what is lost is recorded with the reason, and is missing no more', async (t) => {
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
    reason: 'its agent does not know it any more',
  });
});

void t.test('a stray is told to stop, and whether the agent answered is told', async (t) => {
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

void t.test('what the log did not take is counted, logged, and found out anew later', async (t) => {
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

void t.test('what is no news was tried in vain, but of a report', async (t) => {
  const { after, calls, placement, dealings, metrics } = await scene(t);
  const was = placement();
  await after(0, () => calls.confirmStopped(was));
  t.equal(dealings().failures, 0);
  await after(0, () => calls.confirmStopped(was));
  t.equal(dealings().failures, 1);
  t.strictSame(metrics(), { stopped: 2 });
});

void t.test('what does not matter any more is no failure of the log', async (t) => {
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
