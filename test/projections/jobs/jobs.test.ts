import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { jobs, tasksOfVersion, type JobDocument } from '#projections/jobs/jobs.js';
import {
  archived,
  blocked,
  completed,
  deleted,
  evaluated,
  failed,
  finished,
  group,
  halted,
  lost,
  place,
  placed,
  released,
  restarted,
  specification,
  started,
  stopped,
  submitted,
  updated,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const job = (...events: MusterEvent[]): JobDocument | undefined =>
  documentAfter<JobDocument>(jobs, recorded(events), 'j');
const a = place('a', 'j');
const b = place('b', 'j');

void t.test('shows a submitted job as pending, with its specification unchanged', async (t) => {
  const document = job(submitted('j', specification(group('web', 2))));
  t.match(document, {
    jobId: 'j',
    version: 0,
    status: 'pending',
    stopped: false,
    slots: { web: [null, null] },
    since: { web: 0 },
    blocked: null,
    finished: null,
  });
  t.strictSame(document?.specification, specification(group('web', 2)));
  t.equal(document?.createdAt, 1000);
});

void t.test('keeps the owner and the order of fields', async (t) => {
  const owner = { surface: 'gpu', tenant: null, principal: 'u' };
  const owned: MusterEvent = {
    type: 'JobSubmitted',
    data: { jobId: 'j', evaluationId: 'e', specification: specification(group('web')), owner },
  };
  const life = [
    owned,
    placed(a),
    started(a),
    updated('j', specification(group('web', 2, 'other'))),
    completed(a),
    released(a, 'complete'),
    stopped('j'),
  ];
  for (let length = 1; length <= life.length; length += 1)
    t.strictSame(job(...life.slice(0, length))?.owner, owner, `after ${life[length - 1]!.type}`);
  const keys = (document: JobDocument | undefined): string[] =>
    Object.keys(JSON.parse(JSON.stringify(document)) as object);
  t.strictSame(keys(job(...life)), keys(job(...life.slice(0, 1))));
  t.strictSame(
    keys(job(...life.slice(0, 2))),
    [...keys(job(owned)), 'used'],
    'the field that a placement adds comes last',
  );
});

const commanded = (command: string) => specification(group('web', 1, command));
const versions = (...events: MusterEvent[]) => job(...events)?.former.map(({ version }) => version);

void t.test('keeps the tasks of the ten newest previous versions', async (t) => {
  const first = [submitted('j'), updated('j', commanded('false'))];
  t.strictSame(job(...first)?.former, [{ version: 0, tasks: { web: group('web').tasks } }]);
  const many = job(
    submitted('j'),
    ...Array.from({ length: 30 }, (_, n) => updated('j', commanded(`echo ${n}`))),
  );
  t.strictSame(
    many?.former.map(({ version }) => version),
    Array.from({ length: 10 }, (_, n) => n + 20),
  );
  t.equal(many?.known, 20);
  t.strictSame(
    job(...first, deleted('j'), submitted('j'))?.former,
    [],
    'a new job with the same id has no previous versions',
  );
});

void t.test('stores versions with the same tasks only once', async (t) => {
  t.strictSame(versions(submitted('j'), updated('j', specification(group('web', 2))), restarted('j')), []);
  t.strictSame(
    versions(
      submitted('j'),
      updated('j'),
      updated('j', commanded('false')),
      updated('j', commanded('false')),
    ),
    [1],
    'version 1 represents version 0, which has the same tasks',
  );
});

void t.test('drops unused previous versions after a later evaluation', async (t) => {
  const twice = [
    submitted('j'),
    placed(a),
    updated('j', commanded('first')),
    updated('j', commanded('second')),
  ];
  t.strictSame(versions(...twice), [0, 1], 'version 1 may still be placed');
  t.strictSame(
    versions(...twice, evaluated('j', 'e', 1)),
    [0, 1],
    'an evaluation of version 1 itself may have placed it',
  );
  t.strictSame(versions(...twice, evaluated('j', 'e', 2)), [0]);
  t.strictSame(
    versions(...twice, placed(a, 1, 1), blocked('j', 'e', 2)),
    [0, 1],
    'version 1 was placed after the next version was submitted',
  );
  t.strictSame(
    versions(
      submitted('j'),
      placed(a),
      updated('j'),
      updated('j', commanded('other')),
      evaluated('j', 'e', 2),
    ),
    [1],
    'version 1 represents version 0, which was placed',
  );
});

void t.test("shows each version's own tasks", async (t) => {
  const [x, y] = [(command: string) => group('x', 1, command), (command: string) => group('y', 1, command)];
  const events = [
    submitted('j', specification(x('x0'), y('y0'))),
    placed({ ...a, group: 'x' }),
    updated('j', specification(x('x1'), y('y0'))),
    updated('j', specification(x('x1'), y('y2'))),
    evaluated('j', 'e', 2),
    placed({ ...a, group: 'x' }, 2, 2),
    updated('j', specification(y('y2'))),
    restarted('j', specification(y('y2'))),
  ];
  const document = job(...events)!;
  const shown = (version: number, of: string) =>
    tasksOfVersion(document, version, of).map(({ config }) => config['command']);
  t.strictSame(versions(...events), [0, 2], 'nothing was placed from version 1');
  t.strictSame(
    [0, 2, 3, 4].map((version) => shown(version, 'x')),
    [['x0'], ['x1'], [], []],
  );
  t.strictSame(
    [0, 2, 3, 4].map((version) => shown(version, 'y')),
    [['y0'], ['y2'], ['y2'], ['y2']],
  );
  const late = job(
    submitted('j'),
    updated('j', commanded('other')),
    evaluated('j', 'e', 1),
    restarted('j', commanded('other')),
  )!;
  t.strictSame(
    [late.known, tasksOfVersion(late, 0, 'web')],
    [1, []],
    'a version that is not kept is not shown with the tasks of another',
  );
});

void t.test('keeps fewer previous versions of a large job', async (t) => {
  const large = (n: number) => commanded(`${n}`.repeat(200_000));
  t.strictSame(
    versions(submitted('j', large(0)), ...Array.from({ length: 5 }, (_, n) => updated('j', large(n + 1)))),
    [3, 4],
  );
});

void t.test('changes from pending to running to complete', async (t) => {
  const events = [
    submitted('j'),
    placed(a),
    evaluated('j', 'e'),
    started(a),
    completed(a),
    released(a, 'complete'),
    finished('j', 0, 'complete'),
  ];
  const seen = events.map((_, index) => job(...events.slice(0, index + 1))?.status);
  t.strictSame(seen, ['pending', 'pending', 'pending', 'running', 'complete', 'complete', 'complete']);
});

void t.test('stays pending after a failure that is retried, and fails after the last attempt', async (t) => {
  t.equal(
    job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed', 9000))?.status,
    'pending',
  );
  t.equal(job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed'))?.status, 'failed');
});

void t.test('ignores late reports of a replaced allocation', async (t) => {
  const before = [
    submitted('j'),
    placed(a),
    started(a),
    released(a, 'lost', 5000),
    placed(b, 0, 1),
    started(b),
  ];
  const late = [...before, completed(a), failed(a), released(a, 'complete')];
  t.strictSame(job(...late), job(...before));
  t.equal(job(...late)?.status, 'running');
});

void t.test('keeps the first reported end', async (t) => {
  const before = [submitted('j'), placed(a), started(a), completed(a)];
  t.strictSame(job(...before, started(a), failed(a), lost(a)), job(...before));
});

void t.test('shows a job as lost until its lost allocation is replaced', async (t) => {
  t.equal(job(submitted('j'), placed(a), started(a), released(a, 'lost', 2000))?.status, 'lost');
  t.equal(job(submitted('j'), placed(a), started(a), lost(a))?.status, 'lost');
});

void t.test('shows the reasons of a blocked evaluation until the next complete one', async (t) => {
  const document = job(submitted('j'), blocked('j', 'e1'), blocked('j', 'e1'));
  t.equal(document?.status, 'blocked');
  t.match(document?.blocked, {
    evaluationId: 'e1',
    since: 2000,
    reasons: { web: { exhausted: { cpu: 1 } } },
  });
  t.match(job(submitted('j'), blocked('j', 'e1'), evaluated('j', 'e1')), {
    status: 'pending',
    blocked: null,
  });
});

void t.test('ignores plans for an older version', async (t) => {
  const before = [submitted('j'), updated('j', specification(group('web', 1, 'other')))];
  // Leaves out the evaluation of the plan, and the older version, which an allocation refers to.
  const present = (...events: MusterEvent[]) => ({ ...job(...events), evaluations: [], former: [] });
  t.strictSame(
    present(
      ...before,
      blocked('j', 'e1', 0),
      evaluated('j', 'e1', 0),
      finished('j', 0, 'complete'),
      placed(a, 0),
    ),
    present(...before),
  );
});

void t.test('stays dead after a stop', async (t) => {
  const events = [submitted('j'), placed(a), started(a), stopped('j')];
  t.equal(job(...events)?.status, 'dead');
  t.match(job(...events, halted(a), released(a, 'stopped'), finished('j', 0, 'stopped')), {
    status: 'dead',
    evaluationId: 'eval-j-stop',
  });
});

void t.test('keeps running slots when only the count changes', async (t) => {
  const document = job(
    submitted('j', specification(group('web', 1))),
    placed(a),
    started(a),
    updated('j', specification(group('web', 3))),
  );
  t.match(document, { version: 1, since: { web: 0 }, status: 'degraded' });
  t.strictSame(document?.slots.web, [{ allocationId: 'a', status: 'running', final: false }, null, null]);
});

void t.test(
  'keeps the allocation in its slot if the version that placed it differs only in the count',
  async (t) => {
    const document = job(
      submitted('j', specification(group('web', 1))),
      updated('j', specification(group('web', 2))),
      placed(a, 0),
      started(a),
    );
    t.strictSame(document?.slots.web, [{ allocationId: 'a', status: 'running', final: false }, null]);
  },
);

void t.test('empties the slots of a changed group, and drops removed groups', async (t) => {
  const two = specification(group('web'), group('db'));
  const document = job(
    submitted('j', two),
    placed(a),
    started(a),
    updated('j', specification(group('web', 1, 'other'))),
  );
  t.strictSame(document?.slots, { web: [null] });
  t.equal(document?.status, 'pending');
  t.strictSame(document?.since, { web: 1 });
});

void t.test('drops surplus slots when scaled down', async (t) => {
  const events = [
    submitted('j', specification(group('web', 2))),
    placed(a),
    started(a),
    placed(place('b', 'j', 1)),
    updated('j', specification(group('web', 1))),
  ];
  t.equal(job(...events)?.status, 'running');
  t.strictSame(job(...events, started(place('b', 'j', 1)))?.slots.web?.length, 1);
});

void t.test('empties all slots at a restart', async (t) => {
  const ended = [
    submitted('j'),
    placed(a),
    started(a),
    completed(a),
    released(a, 'complete'),
    finished('j', 0, 'complete'),
  ];
  t.match(job(...ended, restarted('j')), {
    status: 'pending',
    version: 1,
    finished: null,
    slots: { web: [null] },
  });
  t.match(job(...ended, restarted('j'), placed(b, 1), started(b)), { status: 'running' });
});

void t.test('starts a dead job with empty slots when it is updated', async (t) => {
  const document = job(submitted('j'), placed(a), started(a), stopped('j'), updated('j'));
  t.match(document, { status: 'pending', stopped: false, slots: { web: [null] } });
});

void t.test('stays deleted despite late reports', async (t) => {
  t.equal(
    job(
      submitted('j'),
      placed(a),
      deleted('j'),
      started(a),
      completed(a),
      released(a, 'complete'),
      finished('j', 0, 'deleted'),
    ),
    undefined,
  );
});

void t.test('starts from scratch when submitted after its deletion', async (t) => {
  const document = job(
    submitted('j'),
    placed(a),
    started(a),
    deleted('j'),
    submitted('j'),
    completed(a),
    placed(a, 0),
  );
  t.match(document, { version: 2, status: 'pending', createdAt: 5000, slots: { web: [null] } });
});

void t.test('shows the retry time of a slot after a failure', async (t) => {
  const fails = [submitted('j'), placed(a), started(a), failed(a)];
  t.strictSame(job(...fails, released(a, 'failed', 9000))?.slots.web, [
    { allocationId: 'a', status: 'failed', final: false, retryAt: 9000 },
  ]);
  t.strictSame(job(...fails, released(a, 'failed', 9000), placed(b, 0, 1))?.slots.web, [
    { allocationId: 'b', status: 'pending', final: false },
  ]);
  t.strictSame(
    job(submitted('j'), placed(a), released(a, 'lost', 5))?.slots.web,
    [{ allocationId: 'a', status: 'lost', final: false }],
    'a slot that is filled at once has no retry time',
  );
});

void t.test('indexes an ended job by its end time until it starts again', async (t) => {
  const indexed = (...events: MusterEvent[]) =>
    ((document) => document && jobs.indexes!['ended']!(document))(job(...events));
  const ended = [
    submitted('j'),
    placed(a),
    started(a),
    completed(a),
    released(a, 'complete'),
    finished('j', 0, 'complete'),
  ];
  t.equal(
    indexed(...ended.slice(0, -1)),
    undefined,
    'a job that the plan log has not finished is not indexed',
  );
  t.equal(indexed(...ended), '0000000000006000');
  for (const again of [updated('j'), restarted('j')])
    t.equal(indexed(...ended, again), undefined, again.type);
  t.equal(
    indexed(...ended, stopped('j')),
    '0000000000006000',
    'a stop of an ended job does not change its end',
  );
});

void t.test('removes an archived job, whose id can be used again', async (t) => {
  const ended = [
    submitted('j'),
    placed(a),
    completed(a),
    released(a, 'complete'),
    finished('j', 0, 'complete'),
    archived('j'),
  ];
  t.equal(job(...ended), undefined);
  t.match(job(...ended, submitted('j')), {
    version: 2,
    status: 'pending',
    createdAt: 7000,
    finished: null,
    former: [],
  });
});

void t.test('counts outdated instances until a rollout reaches them', async (t) => {
  const rolled = (command: string) => specification({ ...group('web', 2, command), update: {} });
  const both = [
    submitted('j', rolled('one')),
    placed(a),
    placed(place('b', 'j', 1)),
    started(a),
    started(place('b', 'j', 1)),
  ];
  const beyond = job(...both, updated('j', rolled('two')));
  t.match(beyond, {
    status: 'running',
    since: { web: 1 },
    slots: { web: [{ allocationId: 'a', outdated: true }, { allocationId: 'b' }] },
  });
  t.match(job(...both, updated('j', rolled('two')), released(a, 'failed')), {
    status: 'degraded',
    slots: { web: [{ final: false }, {}] },
  });
  t.match(job(...both, updated('j', rolled('two')), released(a, 'stopped'), placed(place('c', 'j'), 1)), {
    slots: { web: [{ allocationId: 'c', status: 'pending' }, { outdated: true }] },
  });
  const back = job(
    ...both,
    updated('j', rolled('two')),
    released(a, 'stopped'),
    placed(place('c', 'j'), 1),
    updated('j', rolled('one')),
  );
  t.match(back?.slots, { web: [{ allocationId: 'c', outdated: true }, { allocationId: 'b' }] });
  t.notOk(back!.slots['web']![1]!.outdated, 'an instance of the work that returns is current again');
  t.match(
    job(...both, updated('j', specification(group('web', 2, 'two')))),
    { status: 'pending', slots: { web: [null, null] } },
    'without an update policy, outdated instances are not counted',
  );
  t.match(
    job(...both, stopped('j'), updated('j', rolled('two'))),
    { slots: { web: [null, null] } },
    'outdated instances of a stopped job are not counted',
  );
});
