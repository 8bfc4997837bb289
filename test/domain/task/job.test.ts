import t from 'tap';
import { TAKES_TENANTS } from '#domain/drivers/program.js';
import { jobSpecification } from '#domain/job/specification.js';
import { specificationOf, type TaskDefinition } from '#domain/task/index.js';
import { plainTask } from '../../fixtures/plain-task.js';

const CALL: TaskDefinition['work'] = { executor: 'http', url: 'https://example.com/', method: 'GET', headers: [], bodyPieces: 0 };
const TAGS = Array.from({ length: 32 }, (_, index) => `t${index}`);

/** The one group of the job of a run of such a task. */
function groupOf(changes: Partial<TaskDefinition>) {
  const run = { run: 1, trigger: 'manual', slot: null, attempt: 1, lost: 0, dueAt: 0, definition: plainTask(changes) } as const;
  const specification = specificationOf(run, 'acme');
  t.same(jobSpecification.parse(specification), specification, 'it is a job that can be submitted');
  return specification.task_groups[0];
}

void t.test('a run holds one slot, where its task says nothing of slots', async (t) => {
  t.same(groupOf({ resources: { cpu: 100 } })?.tasks[0]?.resources, { cpu: 100, slots: 1 });
  t.same(groupOf({ resources: { cpu: 100, slots: 3 } })?.tasks[0]?.resources, { cpu: 100, slots: 3 });
});

void t.test('a process is told how its run came to be, and which moment it stands for; a call has no environment', async (t) => {
  const run = { run: 2, trigger: 'backfill', slot: Date.UTC(2026, 0, 2, 3), attempt: 4, lost: 1, dueAt: 0, definition: plainTask({}) } as const;
  const envOf = (open: Parameters<typeof specificationOf>[0]) => specificationOf(open, 'acme').task_groups[0]?.tasks[0]?.env;
  t.same(envOf(run), { MUSTER_TRIGGER: 'backfill', MUSTER_ATTEMPT: '4', MUSTER_SLOT: '2026-01-02T03:00:00Z' });
  t.same(envOf({ ...run, trigger: 'manual', slot: null }), { MUSTER_TRIGGER: 'manual', MUSTER_ATTEMPT: '4' });
  t.equal(envOf({ ...run, definition: plainTask({ work: CALL }) }), undefined);
});

void t.test('a run asks for a worker with every tag of its task, besides what its executor asks for', async (t) => {
  const gpu = { attribute: 'tag.gpu', operator: '=', value: 'true' };
  t.equal(groupOf({ work: CALL })?.constraints, undefined);
  t.same(groupOf({ work: CALL, tags: ['gpu'] })?.constraints, [gpu]);
  t.same(groupOf({ tags: ['gpu'] })?.constraints, [TAKES_TENANTS, gpu]);
  t.equal(groupOf({ tags: TAGS })?.constraints?.length, 33);
});

void t.test('a call ends within an hour, whatever its task was allowed before', async (t) => {
  const limitOf = (changes: Partial<TaskDefinition>) => groupOf(changes)?.tasks[0]?.max_run_seconds;
  t.equal(limitOf({ work: CALL, timeoutSeconds: 604_800 }), 3600);
  t.equal(limitOf({ work: CALL, timeoutSeconds: 0 }), 3600);
  t.equal(limitOf({ work: CALL, timeoutSeconds: 60 }), 60);
  t.equal(limitOf({ timeoutSeconds: 604_800 }), 604_800);
  t.equal(limitOf({ timeoutSeconds: 0 }), undefined);
});
