import t from 'tap';
import type { MusterEvent } from '#domain/event-types/index.js';
import { evaluations, type EvaluationDocument } from '#projections/evaluations.js';
import { archived, blocked, deleted, evaluated, finished, place, placed, released, stopped, submitted, updated } from './events.js';
import { recorded } from './history.js';
import { documentAfter, plainFold } from './plain-fold.js';

const evaluation = (id: string, ...events: MusterEvent[]): EvaluationDocument | undefined =>
  documentAfter<EvaluationDocument>(evaluations, recorded(events), id);

void t.test('a command makes a pending evaluation', async (t) => {
  t.match(evaluation('e1', submitted('j', undefined, 'e1')), {
    jobId: 'j',
    jobVersion: 0,
    status: 'pending',
    triggers: [{ kind: 'job-submitted', ref: 'e1' }],
  });
});

void t.test('placements are counted, and the answer completes it', async (t) => {
  const document = evaluation('e1', submitted('j', undefined, 'e1'), placed(place('a', 'j'), 0, 0, 'e1'), evaluated('j', 'e1'));
  t.match(document, { status: 'complete', placed: ['a'], placedCount: 1, triggers: [{ kind: 'job-submitted', ref: 'e1' }] });
  t.equal(document?.triggers.length, 1, 'a trigger is named once');
});

void t.test('blocked with its reasons, then complete without', async (t) => {
  const events = [submitted('j', undefined, 'e1'), blocked('j', 'e1')];
  t.match(evaluation('e1', ...events), { status: 'blocked', reasons: { web: { unplaced: 1 } } });
  t.match(evaluation('e1', ...events, evaluated('j', 'e1', 0, [{ kind: 'capacity-freed', ref: 'n1' }])), { status: 'complete', reasons: null });
});

void t.test('an answer covers the evaluations of the commands that it names', async (t) => {
  const triggers = [{ kind: 'job-submitted', ref: 'e1' } as const, { kind: 'job-updated', ref: 'e2' } as const];
  const events = [submitted('j', undefined, 'e1'), updated('j', undefined, 'e2'), blocked('j', 'e2', 1, triggers)];
  t.match(evaluation('e1', ...events), { status: 'complete', coveredBy: 'e2' });
  t.match(evaluation('e2', ...events), { status: 'blocked', coveredBy: null, triggers: [...triggers].reverse() });
});

void t.test('a job has one blocked evaluation: the next answer takes the former over', async (t) => {
  const events = [
    submitted('j', undefined, 'e1'),
    blocked('j', 'e1'),
    stopped('j'),
    evaluated('j', 'eval-j-stop', 0, [{ kind: 'job-stopped', ref: 'eval-j-stop' }]),
  ];
  t.match(evaluation('e1', ...events), { status: 'complete', coveredBy: 'eval-j-stop', reasons: null });
});

void t.test('an evaluation without a command is made by its first placement or its answer', async (t) => {
  const triggers = [{ kind: 'allocation-ended', ref: 'a' } as const];
  t.match(evaluation('r', placed(place('b', 'j'), 0, 1, 'r'), evaluated('j', 'r', 0, triggers)), { status: 'complete', triggers, placedCount: 1 });
});

void t.test('evaluations leave with their job and do not come back', async (t) => {
  const events = [
    submitted('j', undefined, 'e1'),
    blocked('j', 'e1'),
    deleted('j'),
    evaluated('j', 'eval-j-delete', 0, [{ kind: 'job-deleted', ref: 'eval-j-delete' }]),
    released(place('a', 'j'), 'stopped'),
    evaluated('j', 'late', 0, [{ kind: 'allocation-ended', ref: 'a' }]),
    submitted('j', undefined, 'e3'),
    finished('j', 0, 'deleted'),
  ];
  t.strictSame([...plainFold(evaluations, recorded(events)).keys()], ['e3']);
});

void t.test('evaluations leave with a job that is archived', async (t) => {
  const events = [submitted('j', undefined, 'e1'), evaluated('j', 'e1'), submitted('k', undefined, 'e2'), finished('j', 0, 'complete'), archived('j')];
  t.strictSame([...plainFold(evaluations, recorded(events)).keys()], ['e2']);
});

void t.test('of one job the newest twenty are kept', async (t) => {
  const events = Array.from({ length: 30 }, (_, n) => evaluated('j', `r${n}`, 0, [{ kind: 'retry-due', ref: `a${n}` }]));
  t.strictSame(
    [...plainFold(evaluations, recorded(events)).keys()],
    Array.from({ length: 20 }, (_, n) => `r${n + 10}`),
  );
});
