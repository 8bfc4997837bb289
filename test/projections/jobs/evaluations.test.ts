import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { JobEvaluation } from '#projections/jobs/evaluations.js';
import { EVALUATION_INDEX, jobs, type JobDocument } from '#projections/jobs/jobs.js';
import {
  archived,
  blocked,
  deleted,
  evaluated,
  finished,
  place,
  placed,
  released,
  stopped,
  submitted,
  updated,
} from '../events.js';
import { recorded } from '../history.js';
import { documentAfter } from '../plain-fold.js';

const job = (...events: MusterEvent[]): JobDocument | undefined =>
  documentAfter<JobDocument>(jobs, recorded(events), 'j');
const evaluation = (id: string, ...events: MusterEvent[]): JobEvaluation | undefined =>
  job(...events)?.evaluations.find((each) => each.id === id);
const idsOf = (...events: MusterEvent[]): readonly string[] | undefined =>
  job(...events)?.evaluations.map(({ id }) => id);

void t.test('creates a pending evaluation for a command', async (t) => {
  t.match(evaluation('e1', submitted('j', undefined, 'e1')), {
    version: 0,
    status: 'pending',
    asked: 'job-submitted',
  });
});

void t.test('counts placements until the evaluation is complete', async (t) => {
  const document = evaluation(
    'e1',
    submitted('j', undefined, 'e1'),
    placed(place('a', 'j'), 0, 0, 'e1'),
    evaluated('j', 'e1'),
  );
  t.match(document, { status: 'complete', placed: 1, asked: 'job-submitted' });
  t.equal(document?.triggers, undefined, 'the command is not repeated as a trigger');
});

void t.test('shows the reasons of an evaluation while it is blocked and when it is complete', async (t) => {
  const events = [submitted('j', undefined, 'e1'), blocked('j', 'e1')];
  const reasons = { web: { unplaced: 1 } };
  t.match(evaluation('e1', ...events), { status: 'blocked', reasons });
  t.match(job(...events)?.blocked, { evaluationId: 'e1', reasons: { web: { unplaced: 1 } } });
  const then = [...events, evaluated('j', 'e1', 0, [{ kind: 'capacity-freed', ref: 'n1' }])];
  t.match(evaluation('e1', ...then), {
    status: 'complete',
    reasons,
    triggers: [{ kind: 'capacity-freed', ref: 'n1' }],
  });
  t.equal(job(...then)?.blocked, null);
});

void t.test('completes the evaluations of earlier commands that a later evaluation covers', async (t) => {
  const triggers = [
    { kind: 'job-submitted', ref: 'e1' } as const,
    { kind: 'job-updated', ref: 'e2' } as const,
  ];
  const events = [
    submitted('j', undefined, 'e1'),
    updated('j', undefined, 'e2'),
    blocked('j', 'e2', 1, triggers),
  ];
  t.match(evaluation('e1', ...events), { status: 'complete' });
  t.match(evaluation('e2', ...events), {
    status: 'blocked',
    asked: 'job-updated',
    triggers: [{ kind: 'job-submitted', ref: 'e1' }],
  });
});

void t.test('completes a blocked evaluation when a later one replaces it', async (t) => {
  const events = [
    submitted('j', undefined, 'e1'),
    blocked('j', 'e1'),
    stopped('j'),
    evaluated('j', 'eval-j-stop', 0, [{ kind: 'job-stopped', ref: 'eval-j-stop' }]),
  ];
  t.match(evaluation('e1', ...events), { status: 'complete', reasons: { web: { unplaced: 1 } } });
  t.equal(
    evaluation('eval-j-stop', ...events)?.reasons,
    undefined,
    'the evaluation of the stop was not blocked',
  );
  t.match(evaluation('eval-j-stop', ...events), { status: 'complete', asked: 'job-stopped', version: 0 });
});

void t.test('creates an evaluation that no command requested at its first event', async (t) => {
  const triggers = [{ kind: 'allocation-ended', ref: 'a' } as const];
  const events = [
    submitted('j', undefined, 'e1'),
    placed(place('b', 'j'), 0, 1, 'r'),
    evaluated('j', 'r', 0, triggers),
  ];
  t.match(evaluation('r', ...events), {
    status: 'complete',
    version: 0,
    triggers,
    placed: 1,
    asked: undefined,
  });
});

void t.test("removes a deleted job's evaluations, and ignores late events for them", async (t) => {
  const events = [
    submitted('j', undefined, 'e1'),
    blocked('j', 'e1'),
    deleted('j'),
    evaluated('j', 'eval-j-delete', 0, [{ kind: 'job-deleted', ref: 'eval-j-delete' }]),
    released(place('a', 'j'), 'stopped'),
    evaluated('j', 'late', 0, [{ kind: 'allocation-ended', ref: 'a' }]),
    submitted('j', undefined, 'e3'),
    evaluated('j', 'later', 0, [{ kind: 'allocation-ended', ref: 'a' }]),
    placed(place('b', 'j'), 0, 1, 'latest'),
    finished('j', 0, 'deleted'),
  ];
  t.strictSame(idsOf(...events), ['e3']);
});

void t.test('removes evaluations of an archived job', async (t) => {
  const events = [
    submitted('j', undefined, 'e1'),
    evaluated('j', 'e1'),
    submitted('k', undefined, 'e2'),
    finished('j', 0, 'complete'),
    archived('j'),
  ];
  t.equal(job(...events), undefined);
});

void t.test('keeps the newest five evaluations of commands and three of the scheduler', async (t) => {
  const asked = Array.from({ length: 7 }, (_, n) => updated('j', undefined, `u${n}`));
  const own = Array.from({ length: 30 }, (_, n) =>
    evaluated('j', `r${n}`, 0, [{ kind: 'retry-due', ref: `a${n}` }]),
  );
  t.strictSame(idsOf(submitted('j', undefined, 'e1'), ...asked, ...own), [
    'u2',
    'u3',
    'u4',
    'u5',
    'u6',
    'r27',
    'r28',
    'r29',
  ]);
  t.strictSame(
    idsOf(submitted('j', undefined, 'e1'), ...own),
    ['e1', 'r27', 'r28', 'r29'],
    'the evaluation of a command outlives any number of retries',
  );
});

void t.test('keeps the newest ten triggers of an evaluation', async (t) => {
  const answers = Array.from({ length: 30 }, (_, n) =>
    blocked('j', 'e1', 0, [{ kind: 'capacity-freed', ref: `n${n}` }]),
  );
  t.strictSame(
    evaluation('e1', submitted('j', undefined, 'e1'), ...answers)?.triggers?.map(({ ref }) => ref),
    Array.from({ length: 10 }, (_, n) => `n${n + 20}`),
  );
});

void t.test('indexes a job by its evaluations', async (t) => {
  const document = job(submitted('j', undefined, 'e1'), updated('j', undefined, 'e2'));
  t.strictSame(document && jobs.listIndexes?.[EVALUATION_INDEX]?.(document), ['e1', 'e2']);
});
