import t from 'tap';
import { plainTask } from '../../../fixtures/plain-task.js';
import type { ExecutionParts } from '#src/fleet/tasks/execution.js';
import { Execution } from '#src/fleet/tasks/execution.js';

/** Accounts whose reads are completed by the test. */
function accounts() {
  const reads: { readonly id: string; readonly is: (owner: object) => void }[] = [];
  const load = async (_aggregate: unknown, id: string): Promise<object> =>
    await new Promise((is) => reads.push({ id, is }));
  return { reads, host: { executor: { load }, openExecution: false } as unknown as ExecutionParts };
}

const owner = { kind: 'present', role: 'user', active: true, execute: true };
const task = (createdBy: string) => ({ createdBy, definition: plainTask() });

void t.test('permits tasks of operator keys without reading an account', async (t) => {
  const { reads, host } = accounts();
  t.equal(await new Execution(host).permits(task('operator-key')), true);
  t.equal(reads.length, 0);
});

void t.test('reads an account only once for concurrent requests', async (t) => {
  const { reads, host } = accounts();
  const execution = new Execution(host);
  const first = [
    execution.permits(task('ann')),
    execution.permits(task('ann')),
    execution.permits(task('bob')),
  ];
  t.same(
    reads.map(({ id }) => id),
    ['ann', 'bob'],
  );
  reads[0]?.is(owner);
  reads[1]?.is({ kind: 'absent' });
  t.same(await Promise.all(first), [true, true, false]);
  const later = execution.permits(task('ann'));
  t.equal(reads.length, 3);
  reads[2]?.is({ ...owner, execute: false });
  t.equal(await later, false, 'the task is not permitted after the right was revoked');
});
