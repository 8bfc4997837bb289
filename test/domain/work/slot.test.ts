import t from 'tap';
import type { MusterEvent } from '#domain/event-types/index.js';
import { evolveSlot, placed } from '#domain/work/slot.js';
import { healthySince, type WorkSlot } from '#domain/work/view.js';

const ref = { allocationId: 'a', jobId: 'j', group: 'web', slot: 0, nodeId: 'n' };
const placement = { ...ref, jobVersion: 3, attempt: 2, epoch: 1, evaluationId: 'v', resources: {} };

/** Time of the event by the server's clock, in milliseconds since the epoch. */
const NOW = 70_000;

function after(slot: WorkSlot, ...events: MusterEvent[]): WorkSlot {
  return events.reduce(
    (state, event) =>
      evolveSlot(state, { ...event, metadata: { at: NOW } } as Parameters<typeof evolveSlot>[1]),
    slot,
  );
}

const fresh = placed(placement, null);
const started = (
  tasks: Extract<MusterEvent, { type: 'AllocationStarted' }>['data']['tasks'] = { main: { startTime: 5 } },
): MusterEvent => ({
  type: 'AllocationStarted',
  data: { ...ref, startTime: 5, tasks },
});
const exited = (more: object = {}): MusterEvent => ({
  type: 'TaskExited',
  data: {
    ...ref,
    task: 'main',
    status: 'complete',
    startTime: null,
    endTime: 9,
    exitCode: 0,
    error: null,
    message: null,
    ...more,
  },
});
const NOT_HEALTHY = { healthy: null, healthySince: null };
const ending = (message: string | null = 'm') => ({ ...ref, startTime: null, endTime: null, message });
const released = (outcome: 'complete' | 'failed' | 'lost' | 'stopped', retryAt?: number): MusterEvent => ({
  type: 'AllocationReleased',
  data: { ...ref, outcome, ...(retryAt === undefined ? {} : { retryAt }) },
});

void t.test('what is placed has not run yet', async (t) => {
  t.strictSame(fresh, {
    allocationId: 'a',
    nodeId: 'n',
    jobVersion: 3,
    attempt: 2,
    running: false,
    ran: false,
    ended: null,
    message: null,
    tasks: {},
    released: null,
    final: false,
    retryAt: null,
    moved: null,
  });
  t.strictSame(placed({ ...placement, gpuDevices: { main: [1] } }, null).devices, { main: [1] });
  const ports = { main: [{ container: 80, host: 20_000 }] };
  t.strictSame(placed({ ...placement, assignedPorts: ports }, null).ports, ports);
  t.equal(
    placed(placement, { ...fresh, moved: 'drain' }).moved,
    'drain',
    'why it is elsewhere than at first is remembered',
  );
});

void t.test('it runs once it was started, with the tasks that were', async (t) => {
  const slot = after(fresh, started({ main: { startTime: 5, containerId: 'x' }, side: { startTime: null } }));
  const task = {
    status: 'running',
    endTime: null,
    exitCode: null,
    error: null,
    message: null,
    healthy: true,
    healthySince: 70,
  };
  t.match(slot, { running: true, ran: true });
  t.strictSame(slot.tasks, {
    main: { ...task, startTime: 5, containerId: 'x' },
    side: { ...task, startTime: null },
  });
  t.strictSame(
    after(slot, { type: 'TaskStarted', data: { ...ref, task: 'late', startTime: 7 } }).tasks['late'],
    { ...task, startTime: 7 },
  );
  t.equal(
    after(slot, { type: 'TaskStarted', data: { ...ref, task: 'main', startTime: 7 } }).tasks['main']
      ?.containerId,
    'x',
    'what was known stays',
  );
});

const judged = (healthy: boolean, message: string | null = null): MusterEvent => ({
  type: 'TaskHealthChanged',
  data: { ...ref, task: 'main', healthy, message, at: 6 },
});

void t.test(
  'a task without checks is healthy while it runs, one with checks when they say so, by the time of the server',
  async (t) => {
    t.match(after(fresh, started()).tasks['main'], { healthy: true, healthySince: 70 });
    const checked = after(fresh, started({ main: { startTime: 5, checked: true } }));
    t.match(checked.tasks['main'], NOT_HEALTHY);
    t.match(after(checked, judged(true, 'answered 200')).tasks['main'], {
      healthy: true,
      healthySince: 70,
      healthMessage: 'answered 200',
    });
    t.match(after(checked, judged(true), judged(false, 'answered 503')).tasks['main'], {
      healthy: false,
      healthySince: null,
      healthMessage: 'answered 503',
    });
    t.notOk(
      'healthMessage' in (after(checked, judged(false, 'answered 503'), judged(true)).tasks['main'] ?? {}),
      'the former answer is not the one that decided',
    );
  },
);

void t.test('what has ended is not healthy, and what its checks said stays known', async (t) => {
  const slot = after(
    fresh,
    started({ main: { startTime: 5, checked: true } }),
    judged(true),
    judged(false, 'answered 503'),
    exited(),
  );
  t.match(slot.tasks['main'], { status: 'complete', ...NOT_HEALTHY, healthMessage: 'answered 503' });
  t.equal(after(slot, judged(true)), slot);
  t.equal(after(fresh, judged(true)), fresh, 'nothing is healthy that was not started');
});

void t.test('a slot is healthy since the last of its tasks is', async (t) => {
  const both = after(fresh, started({ main: { startTime: 5, checked: true }, side: { startTime: 5 } }));
  t.equal(healthySince(both), null);
  t.equal(healthySince(after(both, judged(true))), 70);
  t.equal(healthySince(after(both, judged(true), { type: 'AllocationFailed', data: ending() })), null);
  t.equal(healthySince(fresh), null);
});

void t.test('when its image was there, and which one it was, stays known after its end', async (t) => {
  const told = { preparedTime: 4, imageDigest: 'busybox@sha256:00' };
  const slot = after(fresh, started({ main: { startTime: 5, ...told } }));
  t.match(slot.tasks['main'], told);
  t.match(after(slot, exited()).tasks['main'], told);
});

void t.test('what has ended does not run again because its start is heard of late', async (t) => {
  const ends: readonly MusterEvent[] = [
    { type: 'AllocationCompleted', data: ending() },
    released('stopped'),
    exited(),
  ];
  for (const end of ends) {
    const slot = after(fresh, end, started());
    t.strictSame([slot.running, slot.ran, 'main' in slot.tasks], [false, false, true], end.type);
  }
});

void t.test('a task that exited is told by its own report, which is believed once', async (t) => {
  const slot = after(
    fresh,
    started({ main: { startTime: 5, containerId: 'x' } }),
    exited({ exitCode: 3, status: 'failed', error: 'e', message: 'm' }),
  );
  const report = {
    status: 'failed',
    startTime: 5,
    endTime: 9,
    exitCode: 3,
    error: 'e',
    message: 'm',
    containerId: 'x',
    ...NOT_HEALTHY,
  };
  t.strictSame(slot.tasks['main'], report);
  t.equal(after(slot, exited({ exitCode: 0 })), slot);
  const unknown = after(fresh, exited({ exitCode: null, status: 'stopped' }));
  t.strictSame(unknown.tasks['main'], {
    status: 'stopped',
    startTime: null,
    endTime: 9,
    exitCode: null,
    error: null,
    message: null,
    ...NOT_HEALTHY,
  });
  t.match(after(unknown, exited({ exitCode: 4, startTime: 2, containerId: 'y' })).tasks['main'], {
    exitCode: 4,
    startTime: 2,
    containerId: 'y',
  });
});

void t.test('the first ending stands', async (t) => {
  for (const [type, word] of [
    ['AllocationCompleted', 'complete'],
    ['AllocationFailed', 'failed'],
    ['AllocationStopped', 'stopped'],
  ] as const) {
    const slot = after(fresh, started(), { type, data: ending(word) });
    t.match(slot, { running: false, ran: true, ended: word, message: word, moved: null, released: null });
    t.match(after(slot, { type: 'AllocationFailed', data: ending('later') }), { ended: word, message: word });
  }
  t.match(after(fresh, started(), { type: 'AllocationLost', data: { ...ref, reason: 'gone' } }), {
    running: false,
    ended: 'lost',
    message: 'gone',
    moved: 'lost',
  });
});

void t.test('a stop says that it moves where its node is drained or shrank, and only there', async (t) => {
  const asked = (reason: 'drain' | 'capacity-shrunk' | 'job-stopped'): WorkSlot =>
    after(fresh, { type: 'AllocationStopRequested', data: { ...ref, reason } });
  t.strictSame([asked('drain').moved, asked('capacity-shrunk').moved], ['drain', 'capacity-shrunk']);
  t.equal(asked('job-stopped'), fresh);
});

void t.test(
  'the plan log has the last word: whether the slot is final, and when it may be filled again',
  async (t) => {
    for (const [outcome, retryAt, final] of [
      ['complete', undefined, true],
      ['failed', undefined, true],
      ['lost', undefined, true],
      ['stopped', undefined, false],
      ['failed', 77, false],
      ['lost', 77, false],
    ] as const) {
      const slot = after(fresh, started(), released(outcome, retryAt));
      t.match(
        slot,
        {
          running: false,
          released: outcome,
          final,
          retryAt: retryAt ?? null,
          moved: outcome === 'lost' ? 'lost' : null,
        },
        `${outcome} ${retryAt}`,
      );
      t.equal(after(slot, released('complete')), slot, 'and is heard once');
    }
  },
);

void t.test('any other event says nothing of a slot', async (t) => {
  t.equal(after(fresh, { type: 'JobStopped', data: { jobId: 'j', evaluationId: 'v' } }), fresh);
});
