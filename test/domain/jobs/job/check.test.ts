import t from 'tap';
import { checkTitle, taskCheck, type TaskCheck } from '#domain/jobs/job/check.js';
import { task } from '#domain/jobs/job/specification.js';

const taken = (check: object): boolean => taskCheck.safeParse(check).success;

void t.test('each type of check requires its own fields, and accepts no others', async (t) => {
  t.ok(taken({ type: 'tcp', port: 5432 }));
  t.ok(taken({ type: 'tcp', port: 5432, failures: 0 }), 'a check that restarts nothing');
  t.ok(taken({ type: 'http', port: 80 }));
  t.ok(taken({ type: 'http', port: 80, path: '/healthz?deep=1' }));
  t.ok(taken({ type: 'exec', command: ['pg_isready', '-q'] }));
  for (const refused of [
    { type: 'tcp' },
    { type: 'http', path: '/' },
    { type: 'exec' },
    { type: 'exec', command: [] },
    { type: 'tcp', port: 80, path: '/' },
    { type: 'http', port: 80, command: ['true'] },
    { type: 'exec', command: ['true'], port: 80 },
    { type: 'http', port: 80, path: 'healthz' },
    { type: 'http', port: 80, path: '/a b' },
    { type: 'http', port: 80, path: '/\r\nHost: other' },
    { type: 'udp', port: 80 },
    { type: 'tcp', port: 0 },
    { type: 'tcp', port: 80, interval_seconds: 0 },
    { type: 'tcp', port: 80, failures: -1 },
    { type: 'tcp', port: 80, retries: 3 },
  ])
    t.notOk(taken(refused), JSON.stringify(refused));
});

void t.test('only docker and exec tasks can have checks', async (t) => {
  const checks = [{ type: 'tcp', port: 80 }];
  const checked = (driver: string): boolean =>
    task.safeParse({ name: 'main', driver, config: {}, checks }).success;
  t.strictSame(['docker', 'exec', 'http', 'python'].map(checked), [true, true, false, false]);
});

void t.test('the title of a check is its name, or else describes what it probes', async (t) => {
  const titles: readonly (readonly [TaskCheck, string])[] = [
    [{ type: 'tcp', port: 5432 }, 'tcp 5432'],
    [{ type: 'http', port: 80 }, 'http 80/'],
    [{ type: 'http', port: 80, path: '/healthz' }, 'http 80/healthz'],
    [{ type: 'exec', command: ['pg_isready', '-q'] }, 'exec pg_isready'],
    [{ type: 'tcp', port: 1, name: 'ready' }, 'ready'],
  ];
  for (const [check, title] of titles) t.equal(checkTitle(check), title);
});
