import t from 'tap';
import { z } from 'zod';
import { driverProblem, type DriverDefinition } from '#domain/drivers/index.js';

void t.test('a task is validated against the schema of its driver', async (t) => {
  t.equal(driverProblem({ driver: 'docker', config: { image: 'nginx:1.27', tty: true } }), undefined);
  t.equal(driverProblem({ driver: 'exec', config: { command: 'true', args: [] } }), undefined);
  t.match(driverProblem({ driver: 'docker', config: { command: 'true' } }), { field: 'config.image' });
  t.match(driverProblem({ driver: 'exec', config: {} }), { field: 'config.command' });
  t.match(driverProblem({ driver: 'exec', config: { command: '界'.repeat(43_334) } }), {
    field: 'config.command',
  });
  t.equal(driverProblem({ driver: 'exec', config: { command: '界'.repeat(43_333) } }), undefined);
  t.match(driverProblem({ driver: 'exec', config: { command: 'true', image: 'x' } }), {
    field: 'config.image',
    problem: 'is not a known key',
  });
  t.match(
    driverProblem({ driver: 'exec', config: { command: 'sh', tty: true } }),
    { field: 'config.tty' },
    'the exec driver has no terminal',
  );
  t.match(driverProblem({ driver: 'ftp', config: {} }), {
    field: 'driver',
    problem: 'unknown driver ftp; known drivers: conda, docker, exec, http, python',
  });
});

void t.test('a task is validated against the drivers that are passed in', async (t) => {
  const echo: DriverDefinition = { name: 'echo', config: z.strictObject({ text: z.string() }) };
  t.equal(driverProblem({ driver: 'echo', config: { text: 'x' } }, [echo]), undefined);
  t.match(driverProblem({ driver: 'echo', config: { text: 1 } }, [echo]), { field: 'config.text' });
});
