import fc from 'fast-check';
import t from 'tap';
import { RetryHeap } from '#domain/scheduling/state/retry-heap.js';
import type { ScheduledJob } from '#domain/scheduling/state/scheduled-job.js';

/** The heap never reads the jobs. */
const job = (name: string): ScheduledJob => ({ name }) as unknown as ScheduledJob;

void t.test('no job is due in an empty heap or before its time', async (t) => {
  const heap = new RetryHeap();
  t.equal(heap.takeDue(1), undefined);
  t.equal(heap.earliest, undefined);
  const only = job('only');
  heap.add(5, only);
  t.equal(heap.takeDue(4), undefined);
  t.equal(heap.earliest, 5);
  t.equal(heap.takeDue(5), only, 'a job is due exactly at its time');
  t.equal(heap.size, 0);
});

void t.test(
  'jobs are taken in the order of their times, however additions and removals are interleaved',
  async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ add: fc.integer({ min: 0, max: 40 }) }),
        fc.record({ take: fc.integer({ min: 0, max: 40 }) }),
      ),
      {
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const heap = new RetryHeap();
        const waiting: { at: number; job: ScheduledJob }[] = [];
        for (const step of all) {
          if ('add' in step) {
            const added = { at: step.add, job: job(`${waiting.length}`) };
            waiting.push(added);
            heap.add(added.at, added.job);
          } else {
            const taken = heap.takeDue(step.take);
            const least = Math.min(...waiting.map(({ at }) => at));
            if (taken === undefined) {
              if (least <= step.take) return false;
            } else {
              const place = waiting.findIndex((each) => each.job === taken);
              if (waiting[place]?.at !== least || least > step.take) return false;
              waiting.splice(place, 1);
            }
          }
          if (
            heap.size !== waiting.length ||
            (heap.earliest ?? Infinity) !== Math.min(...waiting.map(({ at }) => at))
          )
            return false;
        }
        return true;
      }),
      { numRuns: 500 },
    );
  },
);
