import type { AddressInfo } from 'node:net';
import t from 'tap';
import { eventually } from '../../../fixtures/eventually.js';
import { Program } from '../../../fixtures/program.js';
import { tasksScene } from '../../surfaces/tasks/routes/scene.js';

void t.test('task run --wait prints why the run waits, once for each reason', async (t) => {
  const { api, ann } = await tasksScene(t);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const task = { name: 'nightly', executor: 'shell', command: 'true' };
  t.equal((await api.say('POST', '/api/tasks', task, ann)).status, 201);
  const program = Program.muster(['task', 'run', 'nightly', '--wait', '--timeout', '3'], {
    MUSTER_SERVER_URL: `http://127.0.0.1:${port}`,
    MUSTER_TOKEN: ann['authorization']?.replace('Bearer ', '') ?? '',
  });
  await eventually(() => program.stderr.some((line) => line.includes(' is waiting: ')) || undefined, {
    timeout: 30_000,
    what: 'the reason on stderr',
  });
  t.equal(program.status, undefined, 'the command still waits');
  await program.exited;
  const told = program.stderr.filter((line) => line.includes(' is waiting: '));
  t.match(told, [/^run 1 of task 1 is waiting: \w+: /]);
  t.equal(told.length, 1);
});
