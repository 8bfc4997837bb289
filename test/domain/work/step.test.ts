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

void t.test(
  'what has to follow is said by what is wanted and by how the job is, and nothing else',
  async (t) => {
    const cases: readonly (readonly [DesiredJob, JobProgress, WorkStep | undefined, string])[] = [
      [run, standing('none'), 'begin', 'a job that was not begun'],
      [run, standing('begun'), undefined, 'one that was'],
      [run, standing('begun', { ended: true }), undefined, 'one that has ended by itself'],
      [run, standing('stopped'), undefined, 'one that was stopped'],
      [run, standing('forgotten'), undefined, 'one that was forgotten is not begun again'],
      [{ kind: 'over' }, standing('none'), undefined, 'what was never begun need not be stopped'],
      [{ kind: 'over' }, standing('begun'), 'stop', 'what runs is stopped'],
      [
        { kind: 'over' },
        standing('begun', { ended: true }),
        undefined,
        'what has ended is left to be looked at',
      ],
      [{ kind: 'over' }, standing('stopped', { ended: true }), undefined, 'so is what was stopped'],
      [{ kind: 'gone' }, standing('none'), undefined, 'what was never begun is not forgotten'],
      [{ kind: 'gone' }, standing('begun'), 'stop', 'first it is stopped'],
      [{ kind: 'gone' }, standing('stopped'), undefined, 'then it is waited for'],
      [{ kind: 'gone' }, standing('stopped', { ended: true }), 'forget', 'and then it is forgotten'],
      [{ kind: 'gone' }, standing('begun', { ended: true }), 'forget', 'so is what ended by itself'],
      [{ kind: 'gone' }, standing('forgotten', { ended: true }), undefined, 'once'],
    ];
    for (const [want, job, step, message] of cases) t.equal(stepOf(jobId, want, job), step, message);
  },
);

void t.test(
  'a job is changed when another version of it is wanted than the one that it was made from',
  async (t) => {
    const asked = evaluationOf(jobId, { to: 'be', version: '1' });
    t.equal(stepOf(jobId, { kind: 'run', version: '1' }, standing('begun', { asked })), undefined);
    t.equal(stepOf(jobId, { kind: 'run', version: '2' }, standing('begun', { asked })), 'update');
    t.equal(
      stepOf(jobId, { kind: 'run', version: '2' }, standing('stopped', { asked })),
      'update',
      'one that was stopped starts again by it',
    );
    t.equal(
      stepOf(jobId, run, standing('begun', { asked })),
      undefined,
      'without versions it stays as it was begun',
    );
  },
);

void t.test('a job that was made from the same version under another name is not changed', async (t) => {
  const want: DesiredJob = { kind: 'run', version: '3~1', alias: '3' };
  const madeFrom = (version: string) =>
    standing('begun', { asked: evaluationOf(jobId, { to: 'be', version }) });
  t.equal(stepOf(jobId, want, madeFrom('3')), undefined);
  t.equal(stepOf(jobId, want, madeFrom('3~1')), undefined);
  t.equal(stepOf(jobId, want, madeFrom('2')), 'update');
  t.equal(stepOf(jobId, { kind: 'run', version: '3' }, madeFrom('3~1')), 'update');
});

void t.test(
  'the evaluation of what is asked is the same no matter who asks, and another for all else',
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
  'an evaluation id follows from the job and from what is asked, whatever was asked before',
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
    t.equal(new Set(ids).size, 10, 'no version is an empty one');
    t.same(
      all.map((ask) => (ask(), ask())),
      ids,
      'asked twice in a row',
    );
    t.same(
      all
        .reverse()
        .map((ask) => ask())
        .reverse(),
      ids,
      'in another order',
    );
    t.equal(evaluationOf('task.1.1', { to: 'be', version: '1' }), ids[0]);
    t.end();
  },
);
