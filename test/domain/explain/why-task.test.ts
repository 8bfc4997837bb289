import t from 'tap';
import { whyTask, type TaskState } from '#domain/explain/index.js';
import { log, type Given } from './support/log.js';

const NEXT = Date.UTC(2026, 10, 28, 3);
const active: TaskState = { status: 'active', next: NEXT, held: false };
const manual: TaskState = { status: 'active', next: null, held: false };
const failed = { sentence: 'It failed.', evidence: ['Its job: It has ended: exit code 4.'] };
const ended = (outcome: string): Given => ['TaskRunEnded', { taskId: 7, run: 3, outcome }, 'saga:tasks'];
const skipped = (reason: string): Given => [
  'TaskSlotDecided',
  { taskId: 7, decision: 'skipped', slot: Date.UTC(2026, 10, 27, 3), reason },
  'saga:tasks',
];

void t.test('a task is explained by how its latest run went', async (t) => {
  t.strictSame(whyTask(log(ended('failed')), active, { run: 3, why: failed }), {
    sentence: 'Run 3 failed.',
    evidence: ['Its job: It has ended: exit code 4.', 'Its next slot is at 2026-11-28T03:00:00.000Z.'],
  });
  const sentence = (...events: readonly Given[]): string =>
    whyTask(log(...events), manual, undefined).sentence;
  t.equal(sentence(ended('success')), 'Run 3 succeeded.');
  t.equal(sentence(ended('timeout')), 'Run 3 exceeded its time limit.');
  t.equal(
    sentence(['TaskRunsCancelled', { taskId: 7, runs: [2, 3], reason: 'requested' }]),
    'Run 3 was cancelled by account ann: cancellation was requested.',
  );
  t.equal(sentence(['TaskCreated', { taskId: 7 }]), 'It has not run yet.');
  t.strictSame(whyTask(log(), manual, undefined).evidence, ['No further slot is scheduled.']);
});

void t.test('a task with an open run is explained by what the run is waiting for', async (t) => {
  const waits = { sentence: 'It is waiting: no node.', evidence: ['Its job: It is waiting: no node.'] };
  for (const [type, data] of [
    ['TaskTriggered', {}],
    ['TaskRunRetried', { attempt: 2, after: 'failed' }],
    ['TaskSlotDecided', { decision: 'run', slot: 0 }],
    ['TaskChainDecided', { decision: 'run' }],
  ] as const)
    t.strictSame(
      whyTask(log([type, { taskId: 7, run: 4, ...data }]), manual, { run: 4, why: waits }),
      {
        sentence: 'Run 4 has not ended. It is waiting: no node.',
        evidence: ['Its job: It is waiting: no node.', 'No further slot is scheduled.'],
      },
      type,
    );
  t.equal(
    whyTask(log(['TaskBackfilled', { taskId: 7, run: 4, slots: [1, 2] }]), manual, undefined).sentence,
    'Run 5 has not ended.',
  );
});

void t.test('a task is explained by why its latest slot did not run', async (t) => {
  t.strictSame(
    whyTask(log(ended('failed'), skipped('forbidden'), skipped('missed')), active, { run: 3, why: failed }),
    {
      sentence:
        'Its slot at 2026-11-27T03:00:00.000Z did not run because no server was able to handle it when it was due, and the misfire policy of the task skips such slots.',
      evidence: [
        'Run 3: It failed.',
        'Its job: It has ended: exit code 4.',
        'At 2026-11-27T14:01:00.000Z the slot of task 7 at 2026-11-27T03:00:00.000Z was skipped: another run was still active, and the overlap policy of the task forbids a second one.',
        'Its next slot is at 2026-11-28T03:00:00.000Z.',
      ],
    },
  );
  t.equal(
    whyTask(
      log([
        'TaskChainDecided',
        { taskId: 7, decision: 'skipped', reason: 'paused', after: { taskId: 6, run: 1, at: NEXT } },
      ]),
      manual,
      undefined,
    ).sentence,
    'Its slot at 2026-11-28T03:00:00.000Z did not run because the task was paused.',
  );
});

void t.test('a task that starts no runs is explained by who paused, disabled or deleted it', async (t) => {
  const paused: Given = ['TaskStatusSet', { taskId: 7, status: 'paused' }];
  t.strictSame(
    whyTask(
      log(paused, skipped('paused')),
      { status: 'paused', next: null, held: false },
      { run: 3, why: failed },
    ),
    {
      sentence: 'It starts no runs because account ann set it to paused.',
      evidence: [
        'Run 3: It failed.',
        'Its job: It has ended: exit code 4.',
        'At 2026-11-27T14:01:00.000Z the slot of task 7 at 2026-11-27T03:00:00.000Z was skipped: the task was paused.',
      ],
    },
  );
  t.equal(
    whyTask(log(), { status: 'disabled', next: null, held: false }, undefined).sentence,
    'It starts no runs because it is disabled.',
  );
  t.strictSame(whyTask(log(paused, ['TaskDeleted', { taskId: 7 }]), undefined, undefined), {
    sentence: 'It was deleted by account ann.',
    evidence: [],
  });
});
