import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
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

void t.test('a slot that was just placed has not run yet', async (t) => {
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
  t.equal(placed(placement, { ...fresh, moved: 'drain' }).moved, 'drain', 'the reason of the move is kept');
});

void t.test('a slot runs once its allocation has started, with the tasks that started', async (t) => {
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
    'the container id is kept',
  );
});

const judged = (healthy: boolean, message: string | null = null): MusterEvent => ({
  type: 'TaskHealthChanged',
  data: { ...ref, task: 'main', healthy, message, at: 6 },
});

void t.test(
  'a task without checks is healthy while it runs, and one with checks while its checks pass',
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
      'the message of a failed check is dropped once the check passes',
    );
  },
);

void t.test('a task that has ended is not healthy, and its last check message is kept', async (t) => {
  const slot = after(
    fresh,
    started({ main: { startTime: 5, checked: true } }),
    judged(true),
    judged(false, 'answered 503'),
    exited(),
  );
  t.match(slot.tasks['main'], { status: 'complete', ...NOT_HEALTHY, healthMessage: 'answered 503' });
  t.equal(after(slot, judged(true)), slot);
  t.equal(after(fresh, judged(true)), fresh, 'a task that was not started is not healthy');
});

void t.test('a slot has been healthy since the last of its tasks became healthy', async (t) => {
  const both = after(fresh, started({ main: { startTime: 5, checked: true }, side: { startTime: 5 } }));
  t.equal(healthySince(both), null);
  t.equal(healthySince(after(both, judged(true))), 70);
  t.equal(healthySince(after(both, judged(true), { type: 'AllocationFailed', data: ending() })), null);
  t.equal(healthySince(fresh), null);
});

void t.test('the preparation time and image digest of a task are kept after its end', async (t) => {
  const told = { preparedTime: 4, imageDigest: 'busybox@sha256:00' };
  const slot = after(fresh, started({ main: { startTime: 5, ...told } }));
  t.match(slot.tasks['main'], told);
  t.match(after(slot, exited()).tasks['main'], told);
});

void t.test('a slot that has ended does not run again when its start is reported late', async (t) => {
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

void t.test('the first exit report of a task counts, unless it lacks an exit code', async (t) => {
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

void t.test('the first end of an allocation is final', async (t) => {
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

void t.test('a stop counts as a move only if its node is drained or has less capacity', async (t) => {
  const asked = (reason: 'drain' | 'capacity-shrunk' | 'job-stopped'): WorkSlot =>
    after(fresh, { type: 'AllocationStopRequested', data: { ...ref, reason } });
  t.strictSame([asked('drain').moved, asked('capacity-shrunk').moved], ['drain', 'capacity-shrunk']);
  t.equal(asked('job-stopped'), fresh);
});

void t.test(
  'the release in the plan log decides whether a slot is final or when it may be placed again',
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
      t.equal(after(slot, released('complete')), slot, 'a second release changes nothing');
    }
  },
);

void t.test('any other event leaves a slot unchanged', async (t) => {
  t.equal(after(fresh, { type: 'JobStopped', data: { jobId: 'j', evaluationId: 'v' } }), fresh);
});
