import t from 'tap';
import fc from 'fast-check';
import { jobStatus, type JobFacts, type JobStatus, type SlotFacts } from '#domain/jobs/job/status.js';

type Word = SlotFacts['status'];

const slot = (status: Word, final = false): SlotFacts => ({ status, final });
const facts = (given: Partial<JobFacts>): JobFacts => ({
  stopped: false,
  outcome: null,
  blocked: false,
  slots: [],
  ...given,
});

const rows: readonly [string, Partial<JobFacts>, JobStatus][] = [
  [
    'a job that a user stopped is dead, even while it still runs',
    { stopped: true, slots: [[slot('running')]] },
    'dead',
  ],
  [
    'a job is complete when each of its slots completed',
    { slots: [[slot('complete', true)], [slot('complete')]] },
    'complete',
  ],
  ['a job runs when all its slots run', { slots: [[slot('running'), slot('running')]] }, 'running'],
  [
    'a job runs when some slots completed and the others run',
    { slots: [[slot('running')], [slot('complete', true)]] },
    'running',
  ],
  [
    'a job is degraded when one slot runs and another is pending',
    { slots: [[slot('running'), slot('pending')]] },
    'degraded',
  ],
  [
    'a job is degraded when one slot runs and another is empty',
    { slots: [[slot('running'), null]], blocked: true },
    'degraded',
  ],
  [
    'a job is lost when nothing runs and a lost allocation waits for its replacement',
    { slots: [[slot('lost'), slot('complete', true)]] },
    'lost',
  ],
  ['a job is failed when a lost allocation is not replaced', { slots: [[slot('lost', true)]] }, 'failed'],
  [
    'a job is failed when everything ended and something failed for good',
    { slots: [[slot('failed', true)], [slot('complete', true)]] },
    'failed',
  ],
  ['a job whose failed allocation will be restarted is pending', { slots: [[slot('failed')]] }, 'pending'],
  [
    'a job is not failed while another group may still run',
    { slots: [[slot('failed', true)], [slot('pending')]] },
    'pending',
  ],
  ['a job whose group cannot be placed is blocked', { slots: [[null]], blocked: true }, 'blocked'],
  ['a job that waits for its first plan is pending', { slots: [[null]] }, 'pending'],
  ['a job without slots is pending', { slots: [[]] }, 'pending'],
  [
    'a job is complete when the plan log records that it completed',
    { slots: [[null]], outcome: 'complete' },
    'complete',
  ],
  [
    'a job is failed when the plan log records that it failed',
    { slots: [[slot('failed')]], outcome: 'failed' },
    'failed',
  ],
];

for (const [sentence, given, status] of rows) {
  void t.test(sentence, async (t) => {
    t.equal(jobStatus(facts(given)), status);
  });
}

const anySlot = fc.option(
  fc.record({
    status: fc.constantFrom<Word>('pending', 'running', 'complete', 'failed', 'stopped', 'lost'),
    final: fc.boolean(),
  }),
  {
    nil: null,
  },
);
const anyJob = fc.record({
  stopped: fc.boolean(),
  outcome: fc.constantFrom(null, 'complete', 'failed', 'stopped', 'deleted') as fc.Arbitrary<
    JobFacts['outcome']
  >,
  blocked: fc.boolean(),
  slots: fc.array(fc.array(anySlot, { maxLength: 4 }), { maxLength: 3 }),
});

void t.test('the status of a job does not depend on the order of its groups and slots', async () => {
  fc.assert(
    fc.property(
      anyJob,
      (job) =>
        jobStatus(job) ===
        jobStatus({ ...job, slots: [...job.slots].reverse().map((group) => [...group].reverse()) }),
    ),
  );
});

void t.test(
  'a job with a running slot is running or degraded, unless it was stopped or has ended',
  async () => {
    fc.assert(
      fc.property(anyJob, (job) => {
        const runs = job.slots.flat().some((each) => each?.status === 'running');
        const over = job.stopped || job.outcome === 'complete' || job.outcome === 'failed';
        return !runs || over || ['running', 'degraded'].includes(jobStatus(job));
      }),
    );
  },
);
