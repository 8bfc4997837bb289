import fc from 'fast-check';
import t from 'tap';
import { JobQueue } from '#domain/scheduling/state/job-queue.js';
import type { ScheduledJob } from '#domain/scheduling/state/scheduled-job.js';

const job = (id: string, priority: number): ScheduledJob => ({ id, priority }) as unknown as ScheduledJob;
function inOrder(queue: JobQueue): string[] {
  const ids: string[] = [];
  for (let priority = queue.highest(); priority >= 0; priority -= 1)
    for (const { id } of queue.of(priority)) ids.push(id);
  return ids;
}

void t.test('jobs are ordered by priority, and by arrival within a priority', async (t) => {
  const queue = new JobQueue();
  t.equal(queue.highest(), -1);
  t.strictSame([...queue.of(50)], []);
  for (const each of [job('a', 50), job('b', 90), job('c', 50), job('d', 0)]) queue.add(each);
  t.equal(queue.highest(), 90);
  t.strictSame(inOrder(queue), ['b', 'a', 'c', 'd']);
  t.equal(queue.size, 4);
});

void t.test('a job that is added again keeps its place unless its priority has changed', async (t) => {
  const queue = new JobQueue();
  const [a, b] = [job('a', 50), job('b', 50)];
  queue.add(a);
  queue.add(b);
  queue.add(a);
  t.strictSame(inOrder(queue), ['a', 'b']);
  a.priority = 40;
  queue.add(a);
  t.strictSame(inOrder(queue), ['b', 'a']);
  t.equal(queue.size, 2);
  a.priority = 60;
  queue.delete(a);
  t.strictSame(inOrder(queue), ['b'], 'a job is removed even if its priority has changed since it was added');
});

void t.test('the queue contains exactly the jobs that were added and not deleted', async () => {
  const step = fc.record({ add: fc.boolean(), job: fc.nat(5), priority: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new JobQueue();
      const jobs = Array.from({ length: 6 }, (_, index) => job(`j${index}`, 0));
      let model: { id: string; priority: number }[] = [];
      for (const { add, job: index, priority } of steps) {
        const each = jobs[index]!;
        const known = model.find(({ id }) => id === each.id);
        if (add) each.priority = priority;
        if (!add || (known !== undefined && known.priority !== priority))
          model = model.filter((other) => other !== known);
        if (add && !model.some(({ id }) => id === each.id)) model.push({ id: each.id, priority });
        if (add) queue.add(each);
        else queue.delete(each);
        const expected = [...model].sort((one, other) => other.priority - one.priority).map(({ id }) => id);
        if (String(inOrder(queue)) !== String(expected) || queue.size !== expected.length) return false;
        if (jobs.some((one) => queue.has(one) !== expected.includes(one.id))) return false;
        if (String([...queue.all()].map(({ id }) => id).sort()) !== String(expected.sort())) return false;
      }
      return true;
    }),
  );
});
