import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import {
  archived,
  completed,
  deleted,
  exited,
  failed,
  halted,
  lost,
  place,
  placed,
  released,
  started,
  stopRequested,
  submitted,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter, plainFold } from '../plain-fold.js';

const a = place('a', 'j');
const allocation = (...events: MusterEvent[]): AllocationDocument | undefined =>
  documentAfter<AllocationDocument>(allocations, recorded(events), 'a');

void t.test('shows a placed allocation as pending', async (t) => {
  t.match(allocation(placed(a, 3, 2)), {
    jobVersion: 3,
    attempt: 2,
    status: 'pending',
    startTime: null,
    tasks: {},
    released: null,
    createdAt: 1000,
  });
});

void t.test('shows the assigned host ports of an allocation', async (t) => {
  const { type, data } = placed(a);
  const assignedPorts = { main: [{ container: 80, host: 20_017 }] };
  t.same(allocation({ type, data: { ...data, assignedPorts } } as MusterEvent)?.ports, assignedPorts);
});

void t.test('shows the start, exits, end and release of an allocation', async (t) => {
  const document = allocation(placed(a), started(a, 7), exited(a), completed(a), released(a, 'complete'));
  t.match(document, {
    status: 'complete',
    startTime: 7,
    endTime: 2,
    released: 'complete',
    tasks: { main: { status: 'complete', exitCode: 0 } },
  });
});

void t.test('keeps the container of an ended task', async (t) => {
  const begun: MusterEvent = {
    type: 'AllocationStarted',
    data: { ...a, startTime: 1, tasks: { main: { startTime: 1, containerId: 'c1' } } },
  };
  const side: MusterEvent = {
    type: 'TaskStarted',
    data: { ...a, task: 'side', startTime: 2, containerId: 'c2' },
  };
  const late: MusterEvent = {
    type: 'TaskExited',
    data: {
      ...a,
      task: 'late',
      status: 'complete',
      startTime: 1,
      endTime: 2,
      exitCode: 0,
      error: null,
      message: null,
      containerId: 'c3',
    },
  };
  t.match(allocation(placed(a), begun, side, late, exited(a)), {
    tasks: {
      main: { status: 'complete', containerId: 'c1' },
      side: { status: 'running', containerId: 'c2' },
      late: { containerId: 'c3' },
    },
  });
});

void t.test('shows a running task as healthy at once, or once its checks pass', async (t) => {
  const begun: MusterEvent = {
    type: 'AllocationStarted',
    data: { ...a, startTime: 1, tasks: { main: { startTime: 1, checked: true }, side: { startTime: 1 } } },
  };
  const judged = (healthy: boolean, message: string | null): MusterEvent => ({
    type: 'TaskHealthChanged',
    data: { ...a, task: 'main', healthy, message, at: 2 },
  });
  t.match(allocation(placed(a), begun), { tasks: { main: { healthy: null }, side: { healthy: true } } });
  t.match(allocation(placed(a), begun, judged(true, 'answered 200')), {
    tasks: { main: { healthy: true, healthMessage: 'answered 200' } },
  });
  const ended = allocation(
    placed(a),
    begun,
    judged(true, 'answered 200'),
    judged(false, 'answered 503'),
    exited(a),
    completed(a),
  );
  t.notOk(
    'healthy' in (ended?.tasks['main'] ?? {}) || 'healthy' in (ended?.tasks['side'] ?? {}),
    'an ended task has no health',
  );
  t.equal(ended?.tasks['main']?.healthMessage, 'answered 503', 'an ended task keeps its last check message');
  t.strictSame(
    allocation(placed(a), begun, exited(a), judged(true, 'late')),
    allocation(placed(a), begun, exited(a)),
  );
});

void t.test('keeps the image and preparation time of a task after its end', async (t) => {
  const told = { preparedTime: 1, imageDigest: 'busybox@sha256:00' };
  const begun: MusterEvent = {
    type: 'AllocationStarted',
    data: { ...a, startTime: 1, tasks: { main: { startTime: 1, ...told } } },
  };
  t.match(allocation(placed(a), begun, exited(a)), { tasks: { main: told } });
});

void t.test('keeps the first reported end', async (t) => {
  const before = [placed(a), started(a), completed(a)];
  t.strictSame(allocation(...before, failed(a), started(a), lost(a), halted(a)), allocation(...before));
});

void t.test('sets the end time of an allocation without a reported end to its release time', async (t) => {
  t.match(allocation(placed(a), started(a), released(a, 'lost', 9)), {
    status: 'lost',
    released: 'lost',
    endTime: 3,
    message: 'the node was lost',
    tasks: { main: { status: 'stopped', endTime: 3 } },
  });
});

void t.test('keeps the status lost despite a later exit, but records the exit code', async (t) => {
  const document = allocation(
    placed(a),
    started(a),
    released(a, 'lost', 9),
    exited(a, 'failed', 3),
    failed(a),
  );
  t.match(document, { status: 'lost', tasks: { main: { status: 'failed', exitCode: 3 } } });
});

void t.test('ignores a second exit of a task', async (t) => {
  t.strictSame(
    allocation(placed(a), started(a), exited(a), exited(a, 'failed', 9))?.tasks,
    allocation(placed(a), started(a), exited(a))?.tasks,
  );
});

void t.test('shows the reason for a stop request', async (t) => {
  t.match(allocation(placed(a), stopRequested(a, 'drain')), { stopRequested: 'drain', status: 'pending' });
});

void t.test('removes released allocations when their job is deleted', async (t) => {
  t.equal(
    allocation(submitted('j'), placed(a), completed(a), released(a, 'complete'), deleted('j')),
    undefined,
  );
});

void t.test('removes live allocations of a deleted job when they are released', async (t) => {
  const live = [submitted('j'), placed(a), started(a), deleted('j')];
  t.match(allocation(...live), { status: 'running', jobDeleted: true });
  t.equal(allocation(...live, halted(a), released(a, 'stopped')), undefined);
});

void t.test('removes allocations of an archived job', async (t) => {
  const ended = [submitted('j'), placed(a), completed(a), released(a, 'complete')];
  t.equal(allocation(...ended, archived('j')), undefined);
  t.equal(
    allocation(submitted('j'), placed(a), archived('j'), released(a, 'lost')),
    undefined,
    'an allocation that is still held is removed when it is released',
  );
});

void t.test('removes an allocation that was placed just after the deletion of its job', async (t) => {
  t.equal(
    allocation(
      submitted('j'),
      deleted('j'),
      placed(a),
      stopRequested(a, 'job-deleted'),
      released(a, 'stopped'),
    ),
    undefined,
  );
});

void t.test('keeps allocations of a new job with the same name', async (t) => {
  t.match(allocation(submitted('j'), deleted('j'), submitted('j'), placed(a, 2), started(a)), {
    jobDeleted: false,
    status: 'running',
  });
});

void t.test('ignores reports about removed allocations', async (t) => {
  t.equal(
    allocation(started(a), exited(a), completed(a), released(a, 'complete'), stopRequested(a)),
    undefined,
  );
});

void t.test("keeps a slot's live allocation and its ten most recently ended ones", async (t) => {
  const events = Array.from({ length: 15 }, (_, n) => {
    const at = place(`a${n}`, 'j');
    return [placed(at, 0, n), started(at), failed(at), released(at, 'failed', 1)];
  }).flat();
  const other = place('other', 'j', 1);
  t.strictSame(
    [...plainFold(allocations, recorded([placed(other), ...events, completed(place('a2', 'j'))])).keys()],
    ['other', ...Array.from({ length: 11 }, (_, n) => `a${n + 4}`)],
  );
});

void t.test('shows an unknown status until the allocation starts or ends', async (t) => {
  const unknown = (status: string, task?: string): MusterEvent => ({
    type: 'AllocationStatusUnknown',
    data: { ...a, status, ...(task && { task }) },
  });
  t.match(allocation(placed(a), unknown('completed')), {
    status: 'pending',
    unknownStatus: { status: 'completed' },
  });
  t.notOk('unknownStatus' in allocation(placed(a), unknown('starting'), started(a))!);
  const running = [placed(a), started(a), unknown('exited', 'main')] as const;
  t.match(allocation(...running), { status: 'running', unknownStatus: { status: 'exited', task: 'main' } });
  t.notOk('unknownStatus' in allocation(...running, completed(a))!);
  t.notOk('unknownStatus' in allocation(placed(a), started(a), completed(a), unknown('gone'))!);
});
