import t from 'tap';
import type { MusterEvent } from '#domain/event-types/index.js';
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

void t.test('a job submitted is pending, in the words it was sent in', async (t) => {
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

void t.test(
  'whose a job is stays said through all that happens to it, and every document says the same things in the same order',
  async (t) => {
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
      'what a placement adds stands at the end',
    );
  },
);

const commanded = (command: string) => specification(group('web', 1, command));
const versions = (...events: MusterEvent[]) => job(...events)?.former.map(({ version }) => version);

void t.test('what the tasks of a job were before is kept, the newest ten of them', async (t) => {
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
  t.strictSame(job(...first, deleted('j'), submitted('j'))?.former, [], 'a new job begins anew');
});

void t.test('of a job whose tasks stay what they are nothing is kept for a version', async (t) => {
  t.strictSame(versions(submitted('j'), updated('j', specification(group('web', 2))), restarted('j')), []);
  t.strictSame(
    versions(
      submitted('j'),
      updated('j'),
      updated('j', commanded('false')),
      updated('j', commanded('false')),
    ),
    [1],
    'one stands for those before it',
  );
});

void t.test('what nothing was placed from is not kept, once a later version was answered for', async (t) => {
  const twice = [
    submitted('j'),
    placed(a),
    updated('j', commanded('first')),
    updated('j', commanded('second')),
  ];
  t.strictSame(versions(...twice), [0, 1], 'something may yet be placed from version 1');
  t.strictSame(
    versions(...twice, evaluated('j', 'e', 1)),
    [0, 1],
    'an answer for the version itself says that something may have been',
  );
  t.strictSame(versions(...twice, evaluated('j', 'e', 2)), [0]);
  t.strictSame(
    versions(...twice, placed(a, 1, 1), blocked('j', 'e', 2)),
    [0, 1],
    'placed after the next version came',
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
    'it stands for the one that was placed from',
  );
});

void t.test('each version shows its own tasks, also where one between them has gone', async (t) => {
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
    'what is not kept is not shown as another one',
  );
});

void t.test('former versions of a large job are fewer', async (t) => {
  const large = (n: number) => commanded(`${n}`.repeat(200_000));
  t.strictSame(
    versions(submitted('j', large(0)), ...Array.from({ length: 5 }, (_, n) => updated('j', large(n + 1)))),
    [3, 4],
  );
});

void t.test('a job goes through pending, running and complete', async (t) => {
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

void t.test(
  'a failure that is tried again leaves the job pending, the last one makes it failed',
  async (t) => {
    t.equal(
      job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed', 9000))?.status,
      'pending',
    );
    t.equal(job(submitted('j'), placed(a), started(a), failed(a), released(a, 'failed'))?.status, 'failed');
  },
);

void t.test('late reports of a replaced allocation change nothing', async (t) => {
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

void t.test('an end that was reported stays as it is', async (t) => {
  const before = [submitted('j'), placed(a), started(a), completed(a)];
  t.strictSame(job(...before, started(a), failed(a), lost(a)), job(...before));
});

void t.test('a loss that waits for its replacement shows as lost', async (t) => {
  t.equal(job(submitted('j'), placed(a), started(a), released(a, 'lost', 2000))?.status, 'lost');
  t.equal(job(submitted('j'), placed(a), started(a), lost(a))?.status, 'lost');
});

void t.test('a blocked evaluation shows with its reasons and goes with the next complete one', async (t) => {
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

void t.test('a plan for an older version says nothing about the present one', async (t) => {
  const before = [submitted('j'), updated('j', specification(group('web', 1, 'other')))];
  // Except for its own evaluation, and that an allocation refers to that version.
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

void t.test('a stopped job is dead and stays so whatever its allocations do', async (t) => {
  const events = [submitted('j'), placed(a), started(a), stopped('j')];
  t.equal(job(...events)?.status, 'dead');
  t.match(job(...events, halted(a), released(a, 'stopped'), finished('j', 0, 'stopped')), {
    status: 'dead',
    evaluationId: 'eval-j-stop',
  });
});

void t.test('when only the count changes, what runs stays in its slot', async (t) => {
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
  'an allocation placed for the version before counts when only the count changed since',
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

void t.test('slots of a group that changed begin anew, and those of a removed one go', async (t) => {
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

void t.test('scaled down, the surplus slots go', async (t) => {
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

void t.test('a restart begins all slots anew', async (t) => {
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

void t.test('an update starts a dead job, with empty slots', async (t) => {
  const document = job(submitted('j'), placed(a), started(a), stopped('j'), updated('j'));
  t.match(document, { status: 'pending', stopped: false, slots: { web: [null] } });
});

void t.test(
  'a deleted job is gone, and what its allocations still report does not bring it back',
  async (t) => {
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
  },
);

void t.test('a job submitted again after its deletion is a new one', async (t) => {
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

void t.test('a slot that pauses after a failure says until when, and what fills it ends that', async (t) => {
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
    'filled at once: no pause',
  );
});

void t.test('a job that has ended is indexed by when, until something begins it again', async (t) => {
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
  t.equal(indexed(...ended.slice(0, -1)), undefined, 'the plan log has not finished it');
  t.equal(indexed(...ended), '0000000000006000');
  for (const again of [updated('j'), restarted('j')])
    t.equal(indexed(...ended, again), undefined, again.type);
  t.equal(
    indexed(...ended, stopped('j')),
    '0000000000006000',
    'a stop of what is over changes nothing about that',
  );
});

void t.test('an archived job is gone, and its id begins anew', async (t) => {
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

void t.test(
  'what a rollout has not come to runs on and counts, and leaves its slot to the new version in whatever way it ends',
  async (t) => {
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
    t.match(
      job(...both, updated('j', specification(group('web', 2, 'two')))),
      { status: 'pending', slots: { web: [null, null] } },
      'without update nothing counts',
    );
    t.match(
      job(...both, stopped('j'), updated('j', rolled('two'))),
      { slots: { web: [null, null] } },
      'nor of what was stopped',
    );
  },
);
