import t from 'tap';
import { driverProblem } from '#domain/drivers/index.js';

const problem = (config: object) =>
  driverProblem({ driver: 'python', config: { command: 'job.py', ...config } });

void t.test('a script with arguments, or code with -c, is accepted', (t) => {
  t.equal(problem({}), undefined);
  t.equal(
    problem({
      arguments: ['--input', '', { env: 'SECRET' }],
      python_path: '/usr/bin/python3',
      working_directory: '/srv',
      tenant: 'one',
    }),
    undefined,
  );
  t.equal(problem({ command: '-c', arguments: ['import sys\nprint(sys.argv)', 'x'] }), undefined);
  t.end();
});

void t.test('an invalid Python task is refused, and the error reports the field', (t) => {
  const refused: Readonly<Record<string, readonly object[]>> = {
    'config.command': ['', 'a\nb', 'a\u0000', '-m', '-cprint()', '--version', 'x'.repeat(65_537)].map(
      (command) => ({ command }),
    ),
    'config.arguments': [{ command: '-c' }, { command: '-c', arguments: [] }],
    'config.arguments.0': ['a\u0000', 'x'.repeat(65_537), '界'.repeat(43_334), 1, { file: 'x' }].map(
      (word) => ({
        arguments: [word],
      }),
    ),
    'config.python_path': ['python3', '/usr/bin/python3\n', ''].map((python_path) => ({ python_path })),
    'config.working_directory': [{ working_directory: 'srv' }, { working_directory: '/a\nb' }],
    'config.tenant': [{ tenant: '' }, { tenant: 'one', user: 'root' }],
    config: [{ args: [] }],
  };
  for (const [field, configs] of Object.entries(refused))
    for (const config of configs)
      t.match(problem(config), { field }, encodeURI(JSON.stringify(config)).slice(0, 80));
  t.end();
});

void t.test('a process runs as a user of the host or of its tenant, but not as both', (t) => {
  const exec = (config: object) => driverProblem({ driver: 'exec', config: { command: 'true', ...config } });
  t.equal(exec({ tenant: 'Tenant One' }), undefined);
  t.match(exec({ tenant: 'one', user: 'root' }), {
    field: 'config.tenant',
    problem: 'is not allowed together with user',
  });
  t.end();
});
