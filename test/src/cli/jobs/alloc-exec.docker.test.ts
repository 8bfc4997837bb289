import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { shellQuoted } from '#agents/platform/shell-quote.js';
import { startAgent } from '../../../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER, muster, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

void t.test('in a container', { skip: dockerdMissing() ?? false }, async (t) => {
  const daemon = await startDockerd({ bridge: false });
  t.teardown(() => daemon.stop());
  await daemon.importImage('busybox:1');
  const server = await startServer(t);
  await startAgent(t, server, { env: { DOCKER_HOST: `unix://${daemon.socketPath}` } });
  const config = { image: 'busybox:1', command: 'sleep 1000' };
  await server.api.submit({
    job_id: 'box',
    task_groups: [{ name: 'web', tasks: [{ name: 'main', config, kill_timeout: 0 }] }],
  });
  const { allocations } = await server.api.jobIs('box', 'running', 60_000 * PATIENCE);
  const id = allocations[0]?.allocation_id ?? '';
  const env = { MUSTER_SERVER_URL: server.url };
  const run = async (...args: string[]) => await muster(args, env);

  await t.test('a command has a terminal of the size of the one here', async (t) => {
    const command = `stty rows 33 cols 99; "$0" "$1" exec -it ${id} -- sh -c "tty; until stty size 2>/dev/null | grep 33; do :; done; exit 7"; echo "code $?"; stty -a`;
    const words = [
      '-qec',
      ['sh', '-c', command, process.execPath, MUSTER].map(shellQuoted).join(' '),
      '/dev/null',
    ];
    const { stdout } = await runToEnd({ command: 'script', args: words, env, input: '' });
    t.match(stdout, /\/dev\/pts\/0\s+33 99\s+code 7\b/);
    t.match(stdout, / icanon .* echo /s, 'the terminal here is not raw afterwards');
  });

  await t.test('files are copied with the tar of busybox', async (t) => {
    const here = t.testdir({ folder: { one: 'first\n', sub: { two: 'second\n' } } });
    t.match(await run('cp', join(here, 'folder'), `${id}:/srv-new`), { code: 0, stderr: /copied 2 files/ });
    t.match(await run('exec', id, '--', 'cat', '/srv-new/one', '/srv-new/sub/two'), {
      stdout: 'first\nsecond',
    });
    await run('exec', id, '--', 'ln', '-s', '/etc/passwd', '/srv-new/out');
    t.match(await run('cp', `${id}:/srv-new`, join(here, 'back')), {
      code: 0,
      stderr: /left out: back\/out is a link to \/etc\/passwd\ncopied 2 files/,
    });
    t.equal(readFileSync(join(here, 'back/sub/two'), 'utf8'), 'second\n');
    t.match(await run('cp', `${id}:/none`, here), {
      code: 1,
      stderr: /tar in the task ended with exit code 1/,
    });
  });

  await t.test('a container without tar is named as the reason', async (t) => {
    const here = t.testdir();
    writeFileSync(join(here, 'file'), 'x');
    await run('exec', id, '--', 'rm', '-f', '/bin/tar');
    const refused = { code: 127, stderr: /the task has no program tar, which copies need/ };
    t.match(await run('cp', `${id}:/srv-new`, here), refused);
    t.match(await run('cp', join(here, 'file'), `${id}:/srv-new`), refused);
  });
});
