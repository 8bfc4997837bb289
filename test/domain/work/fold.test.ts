import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { allRun, evolveWork, NO_WORK, workStatus, type WorkView } from '#domain/work/index.js';
import {
  blocked,
  completed,
  deleted,
  evaluated,
  exited,
  failed,
  finished,
  group,
  halted,
  lost,
  place,
  placed,
  released,
  specification,
  started,
  stopped,
  stopRequested,
  submitted,
  updated,
} from '../../projections/events.js';
import { recorded } from '../../projections/history.js';

const jobId = 'task.7.1';
const after = (...events: readonly MusterEvent[]): WorkView => recorded(events).reduce(evolveWork, NO_WORK);
const at = (allocationId: string, slot = 0, nodeId = 'n1') => place(allocationId, jobId, slot, 'web', nodeId);
const three = submitted(jobId, specification(group('web', 3)));

void t.test('a view has every slot of every group, with its node', async (t) => {
  const view = after(
    submitted(jobId, specification(group('web', 2), group('db', 1))),
    placed(at('a', 0, 'n1')),
    placed(at('b', 1, 'n2')),
    placed(place('c', jobId, 0, 'db', 'n3')),
    started(at('a')),
    started(at('b', 1)),
  );
  t.match(view, {
    job: 'begun',
    groups: {
      web: {
        slots: [
          { nodeId: 'n1', running: true },
          { nodeId: 'n2', running: true },
        ],
      },
      db: { slots: [{ nodeId: 'n3', running: false }] },
    },
  });
  t.notOk(allRun(view));
  t.equal(workStatus(view), 'degraded');
  const whole = recorded([started(place('c', jobId, 0, 'db'))]).reduce(evolveWork, view);
  t.ok(allRun(whole));
  t.equal(workStatus(whole), 'running');
});

void t.test('work that has not begun is pending and not running', async (t) => {
  t.equal(workStatus(NO_WORK), 'pending');
  t.notOk(allRun(NO_WORK));
});

void t.test('a slot whose node is lost is placed elsewhere, and shows that it was moved', async (t) => {
  const waits = after(three, placed(at('a')), started(at('a')), lost(at('a')), released(at('a'), 'lost', 5));
  t.match(waits.groups['web']!.slots[0], {
    running: false,
    released: 'lost',
    final: false,
    retryAt: 5,
    moved: 'lost',
  });
  t.equal(workStatus(waits), 'lost');
  const again = after(
    three,
    placed(at('a')),
    lost(at('a')),
    released(at('a'), 'lost', 5),
    placed(at('b', 0, 'n2'), 0, 1),
    started(at('b', 0, 'n2')),
    failed(at('a')),
  );
  t.match(
    again.groups['web']!.slots[0],
    { allocationId: 'b', nodeId: 'n2', attempt: 1, running: true, ended: null, moved: 'lost' },
    'reports about the lost allocation are ignored',
  );
  t.match(after(three, placed(at('a')), stopRequested(at('a'), 'drain')).groups['web']!.slots[0], {
    moved: 'drain',
  });
});

void t.test('the reasons why a group is blocked are shown until it is placed', async (t) => {
  const waits = after(submitted(jobId), blocked(jobId, 'e'));
  t.match(waits, { evaluated: true, blocked: { web: { exhausted: { cpu: 1 } } } });
  t.equal(workStatus(waits), 'blocked');
  t.equal(recorded([placed(at('a'))]).reduce(evolveWork, waits).blocked, null);
  t.equal(after(submitted(jobId), blocked(jobId, 'e'), evaluated(jobId, 'e')).blocked, null);
});

void t.test('the first exit of a task is the one that counts', async (t) => {
  const view = after(
    submitted(jobId),
    placed(at('a')),
    started(at('a')),
    exited(at('a'), 'failed', 3),
    exited(at('a'), 'complete', 0),
    failed(at('a')),
    released(at('a'), 'failed'),
    finished(jobId, 0, 'failed'),
  );
  t.match(view, {
    finished: 'failed',
    groups: {
      web: {
        slots: [
          {
            ended: 'failed',
            message: 'exit code 1',
            final: true,
            ran: true,
            tasks: { main: { exitCode: 3, status: 'failed' } },
          },
        ],
      },
    },
  });
  t.equal(workStatus(view), 'failed');
});

void t.test('a task keeps the container id of its start if its end has none', async (t) => {
  const begun = {
    ...started(at('a')),
    data: { ...at('a'), startTime: 1, tasks: { main: { startTime: 1, containerId: 'c1' } } },
  } as MusterEvent;
  const ending = exited(at('a'), 'complete', 0);
  const main = (view: WorkView): unknown => view.groups['web']!.slots[0]!.tasks['main'];
  t.match(main(after(submitted(jobId), placed(at('a')), begun, ending)), {
    status: 'complete',
    containerId: 'c1',
  });
  t.match(
    main(
      after(submitted(jobId), placed(at('a')), begun, {
        ...ending,
        data: { ...ending.data, containerId: 'c2' },
      } as MusterEvent),
    ),
    {
      containerId: 'c2',
    },
  );
});

void t.test('an allocation stopped on its node ends as stopped, unless it had already ended', async (t) => {
  t.match(
    after(submitted(jobId), placed(at('a')), started(at('a')), halted(at('a'))).groups['web']!.slots[0],
    { ended: 'stopped', running: false },
  );
  t.match(
    after(submitted(jobId), placed(at('a')), completed(at('a')), halted(at('a'))).groups['web']!.slots[0],
    { ended: 'complete' },
  );
});

void t.test('a start that is reported after the end does not change the end', async (t) => {
  const view = after(
    submitted(jobId),
    placed(at('a')),
    exited(at('a'), 'complete', 0),
    started(at('a')),
    completed(at('a')),
  );
  t.match(view.groups['web']!.slots[0], { running: false, ended: 'complete' });
});

void t.test(
  'an update keeps the slots of unchanged groups in place, and starts changed groups again',
  async (t) => {
    const running = [
      submitted(jobId, specification(group('web', 1), group('db', 1))),
      placed(at('a')),
      started(at('a')),
      placed(place('b', jobId, 0, 'db')),
      started(place('b', jobId, 0, 'db')),
    ];
    const view = after(
      ...running,
      updated(jobId, specification(group('web', 2), group('db', 1, 'false')), 'e9'),
    );
    t.match(view, {
      version: 1,
      asked: 'e9',
      groups: {
        web: { since: 0, slots: [{ allocationId: 'a', running: true }, null] },
        db: { since: 1, slots: [null] },
      },
    });
    const late = recorded([placed(place('old', jobId, 0, 'db'), 0)]).reduce(evolveWork, view);
    t.equal(late, view, 'a placement of the older version is ignored');
  },
);

void t.test(
  'an instance of an older version with the same work is shown again when that work returns',
  async (t) => {
    const rolled = (command: string, count = 2) =>
      specification({ ...group('web', count, command), update: { max_parallel: 1 } });
    const running = [
      submitted(jobId, rolled('a')),
      placed(at('a')),
      placed(at('b', 1)),
      started(at('a')),
      updated(jobId, rolled('b')),
    ];
    t.match(after(...running).groups['web']!.slots, [null, null], 'they do not run the new work');
    const back = after(
      ...running,
      stopRequested(at('a'), 'job-updated'),
      released(at('a'), 'stopped'),
      started(at('b', 1)),
      placed(at('c'), 1),
      released(at('c'), 'failed'),
      updated(jobId, rolled('a', 3)),
    );
    t.match(back.groups['web'], { since: 2, slots: [null, { allocationId: 'b', running: true }, null] });
    t.equal(back.groups['web']?.former, undefined);
    const late = after(...running, stopRequested(at('a'), 'job-updated'), updated(jobId, rolled('a')));
    t.match(late.groups['web']!.slots, [null, { allocationId: 'b' }], 'a stop that was requested is final');
    const gone = after(...running, released(at('b', 1), 'lost', 5), updated(jobId, rolled('a')));
    t.match(gone.groups['web']!.slots, [{ allocationId: 'a' }, null], 'one that has ended does not return');
    const [submission, ...rest] = running.slice(0, -1);
    const all = after(
      submission!,
      ...rest,
      updated(jobId, specification(group('web', 2, 'b'))),
      updated(jobId, rolled('a')),
    );
    t.match(all.groups['web']!.slots, [null, null], 'without update, all were replaced at once');
  },
);

void t.test('instances stay in place under changed constraints that their nodes fulfil', async (t) => {
  const bound = (value: string) =>
    specification({
      ...group('web', 1),
      constraints: [{ attribute: 'disk', operator: '=', value }],
    });
  const change = updated(jobId, bound('ssd'));
  const view = (fulfilled?: string[]) =>
    after(submitted(jobId, bound('any')), placed(at('a')), started(at('a')), {
      ...change,
      data: { ...change.data, ...(fulfilled && { fulfilled }) },
    } as MusterEvent);
  t.match(view(['web']).groups['web'], { since: 0, slots: [{ allocationId: 'a' }] });
  t.match(view().groups['web'], { since: 1, slots: [null] });
});

void t.test('a finished job that is updated is no longer finished', async (t) => {
  t.equal(after(submitted(jobId), finished(jobId, 0, 'complete'), updated(jobId)).finished, null);
  t.equal(
    after(submitted(jobId), updated(jobId), finished(jobId, 0, 'complete')).finished,
    null,
    'the end of an older version is ignored',
  );
});

void t.test('the outcome of a forgotten job is retained, and later events change nothing', async (t) => {
  const ended = [
    submitted(jobId),
    placed(at('a')),
    started(at('a')),
    completed(at('a')),
    released(at('a'), 'complete'),
    finished(jobId, 0, 'complete'),
    deleted(jobId),
  ];
  const view = after(...ended);
  t.match(view, {
    job: 'forgotten',
    finished: 'complete',
    groups: { web: { slots: [{ nodeId: 'n1', ended: 'complete' }] } },
  });
  t.equal(workStatus(view), 'complete');
  t.same(after(...ended, finished(jobId, 2, 'deleted'), evaluated(jobId, 'e', 2)), view);
  t.equal(
    workStatus(after(submitted(jobId), stopped(jobId), finished(jobId, 0, 'stopped'), deleted(jobId))),
    'dead',
  );
});
