import t from 'tap';
import {
  evaluationOf,
  stepOf,
  type JobProgress,
  type DesiredJob,
  type WorkStep,
} from '#domain/work/index.js';

const jobId = 'service.web.1';
const run: DesiredJob = { kind: 'run' };
const standing = (job: JobProgress['job'], over: Partial<JobProgress> = {}): JobProgress => ({
  job,
  asked: job === 'none' ? null : 'e',
  ended: false,
  ...over,
});

void t.test('the next step depends only on the desired state of a job and on its progress', async (t) => {
  const cases: readonly (readonly [DesiredJob, JobProgress, WorkStep | undefined, string])[] = [
    [run, standing('none'), 'begin', 'a job that was not begun is begun'],
    [run, standing('begun'), undefined, 'a running job needs no step'],
    [run, standing('begun', { ended: true }), undefined, 'a job that has ended on its own needs no step'],
    [run, standing('stopped'), undefined, 'a stopped job needs no step'],
    [run, standing('forgotten'), undefined, 'a forgotten job is not begun again'],
    [{ kind: 'over' }, standing('none'), undefined, 'a job that was never begun need not be stopped'],
    [{ kind: 'over' }, standing('begun'), 'stop', 'a running job is stopped'],
    [
      { kind: 'over' },
      standing('begun', { ended: true }),
      undefined,
      'a job that has ended on its own remains readable',
    ],
    [{ kind: 'over' }, standing('stopped', { ended: true }), undefined, 'a stopped job remains readable'],
    [{ kind: 'gone' }, standing('none'), undefined, 'a job that was never begun is not forgotten'],
    [{ kind: 'gone' }, standing('begun'), 'stop', 'a running job is first stopped'],
    [{ kind: 'gone' }, standing('stopped'), undefined, 'the end of a stopping job is awaited'],
    [{ kind: 'gone' }, standing('stopped', { ended: true }), 'forget', 'a stopped job is forgotten'],
    [{ kind: 'gone' }, standing('begun', { ended: true }), 'forget', 'an ended job is forgotten'],
    [{ kind: 'gone' }, standing('forgotten', { ended: true }), undefined, 'a job is forgotten once'],
  ];
  for (const [want, job, step, message] of cases) t.equal(stepOf(jobId, want, job), step, message);
});

void t.test(
  'a job is updated if the desired version differs from the version that it was made from',
  async (t) => {
    const asked = evaluationOf(jobId, { to: 'be', version: '1' });
    t.equal(stepOf(jobId, { kind: 'run', version: '1' }, standing('begun', { asked })), undefined);
    t.equal(stepOf(jobId, { kind: 'run', version: '2' }, standing('begun', { asked })), 'update');
    t.equal(
      stepOf(jobId, { kind: 'run', version: '2' }, standing('stopped', { asked })),
      'update',
      'the update starts a stopped job again',
    );
    t.equal(
      stepOf(jobId, run, standing('begun', { asked })),
      undefined,
      'a job without versions is not updated',
    );
  },
);

void t.test('a job made from the same version under another name is not updated', async (t) => {
  const want: DesiredJob = { kind: 'run', version: '3~1', alias: '3' };
  const madeFrom = (version: string) =>
    standing('begun', { asked: evaluationOf(jobId, { to: 'be', version }) });
  t.equal(stepOf(jobId, want, madeFrom('3')), undefined);
  t.equal(stepOf(jobId, want, madeFrom('3~1')), undefined);
  t.equal(stepOf(jobId, want, madeFrom('2')), 'update');
  t.equal(stepOf(jobId, { kind: 'run', version: '3' }, madeFrom('3~1')), 'update');
});

void t.test(
  'the evaluation id is the same for equal requests of a job, and differs for all other requests',
  async (t) => {
    const ids = [
      evaluationOf(jobId, { to: 'be', version: undefined }),
      evaluationOf(jobId, { to: 'be', version: '1' }),
      evaluationOf(jobId, { to: 'be', version: 'stop' }),
      evaluationOf(jobId, { to: 'stop' }),
      evaluationOf(jobId, { to: 'forget' }),
      evaluationOf('service.web.2', { to: 'stop' }),
    ];
    t.equal(new Set(ids).size, ids.length);
    t.equal(evaluationOf(jobId, { to: 'stop' }), evaluationOf(jobId, { to: 'stop' }));
  },
);

void t.test(
  'an evaluation id depends only on the job and the request, and not on any earlier requests',
  (t) => {
    const asked = [
      { to: 'be', version: '1' },
      { to: 'be', version: '2' },
      { to: 'be', version: undefined },
      { to: 'be', version: '' },
      { to: 'stop' },
      { to: 'forget' },
    ] as const;
    const all = ['task.1.1', 'task.1.2'].flatMap((job) => asked.map((each) => () => evaluationOf(job, each)));
    const ids = all.map((ask) => ask());
    t.equal(new Set(ids).size, 10, 'a missing version gives the same id as an empty one');
    t.same(
      all.map((ask) => (ask(), ask())),
      ids,
      'the ids are the same when requested twice in a row',
    );
    t.same(
      all
        .reverse()
        .map((ask) => ask())
        .reverse(),
      ids,
      'the ids are the same in another order',
    );
    t.equal(evaluationOf('task.1.1', { to: 'be', version: '1' }), ids[0]);
    t.end();
  },
);
