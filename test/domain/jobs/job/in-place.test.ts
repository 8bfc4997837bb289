import t from 'tap';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { boundAnew, staysInPlace } from '#domain/jobs/job/in-place.js';

const web: TaskGroup = {
  name: 'web',
  count: 1,
  tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }],
};
const job = (...groups: readonly TaskGroup[]): JobSpecification => ({ task_groups: [...groups] });

void t.test('allocations of a group stay in place if only its count changes', async (t) => {
  t.ok(staysInPlace('web', job(web), job({ ...web, count: 7 })));
  t.ok(
    staysInPlace('web', job(web), job({ ...web, name: 'other' }, web)),
    'the order of the groups does not matter',
  );
  t.notOk(
    staysInPlace(
      'web',
      job(web),
      job({ ...web, tasks: [{ ...web.tasks[0]!, config: { command: 'false' } }] }),
    ),
  );
});

void t.test('allocations of a group stay in place if only its policies change', async (t) => {
  const [main] = web.tasks;
  for (const change of [
    { restart: { attempts: 3, delay: 5, mode: 'fail' } },
    { lost: 'fail' },
    { reschedule: { attempts: 2 } },
    { update: { max_parallel: 1 } },
    { tasks: [{ ...main!, kill_timeout: 20 }] },
    { tasks: [{ ...main!, max_run_seconds: 60 }] },
  ] as const satisfies readonly Partial<TaskGroup>[])
    t.ok(staysInPlace('web', job(web), job({ ...web, ...change } as TaskGroup)), JSON.stringify(change));
});

void t.test('allocations do not stay in place if the constraints of the job change', async (t) => {
  const bound = { ...job(web), constraints: { zone: 'eu' } };
  t.ok(staysInPlace('web', bound, { ...bound }));
  t.notOk(staysInPlace('web', job(web), bound));
  t.notOk(staysInPlace('web', bound, { ...bound, constraints: { zone: 'us' } }));
  t.ok(staysInPlace('web', job(web), bound, ['web']), 'unless their nodes fulfil the new constraints');
});

void t.test('allocations of a new or removed group do not stay in place', async (t) => {
  const other = job({ ...web, name: 'other' });
  t.equal(staysInPlace('web', job(web), other), false);
  t.equal(staysInPlace('web', other, job(web)), false);
  t.equal(staysInPlace('web', other, other), false);
});

void t.test('a group is bound anew if nothing but its constraints or those of its job change', async (t) => {
  const ssd = { ...web, constraints: [{ attribute: 'disk', operator: '=' as const, value: 'ssd' }] };
  const bound = { ...job(web), constraints: { zone: 'eu' } };
  for (const [before, after] of [
    [job(web), job(ssd)],
    [job(ssd), job(web)],
    [job(web), bound],
    [bound, { ...bound, constraints: { zone: 'us' } }],
    [job(web), job({ ...ssd, count: 3, lost: 'fail' })],
  ] as const)
    t.same(boundAnew(before, after), ['web'], JSON.stringify(after));
  t.same(boundAnew(bound, bound), []);
  t.same(
    boundAnew(job(web), job({ ...ssd, tasks: [{ ...web.tasks[0]!, config: { command: 'false' } }] })),
    [],
  );
  t.same(boundAnew(job({ ...web, name: 'other' }), bound), []);
});
