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

void t.test('a run asks for a worker with every tag of its task, besides what its executor asks for', async (t) => {
  const gpu = { attribute: 'tag.gpu', operator: '=', value: 'true' };
  t.equal(groupOf({ work: CALL })?.constraints, undefined);
  t.same(groupOf({ work: CALL, tags: ['gpu'] })?.constraints, [gpu]);
  t.same(groupOf({ tags: ['gpu'] })?.constraints, [TAKES_TENANTS, gpu]);
  t.equal(groupOf({ tags: TAGS })?.constraints?.length, 33);
});
