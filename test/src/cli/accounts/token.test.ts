import type { AddressInfo } from 'node:net';
import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { MUSTER, runToEnd } from '../../../fixtures/program.js';
import { tasksScene, type Headers } from '../../surfaces/tasks/routes/scene.js';

t.setTimeout(300_000 * PATIENCE);

const tokenOf = (headers: Headers): string => headers['authorization']!.replace('Bearer ', '');

void t.test('creates, lists and revokes API keys, and changes the own account and host names', async (t) => {
  const { api, ann, root } = await tasksScene(t);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.app.server.address() as AddressInfo;
  const as =
    (token: string) =>
    async (args: readonly string[], input = '') =>
      await runToEnd({
        command: process.execPath,
        args: [MUSTER, ...args],
        env: {
          MUSTER_SERVER_URL: `http://127.0.0.1:${port}`,
          MUSTER_TOKEN: token,
          XDG_CONFIG_HOME: t.testdirName,
        },
        input,
      });
  const run = as(tokenOf(ann));

  t.match(await run(['token', 'create', 'ci']), { code: 1, stderr: /--scope/ });
  t.match(await run(['token', 'create', 'ci', '--scope', 'nothing']), { code: 1, stderr: /scopes/ });
  t.match(await run(['token', 'create', 'ci', '--scope', 'tasks', '--expires', 'soon']), {
    code: 1,
    stderr: '--expires soon: must be a duration such as 12h, 30d or 1y',
  });
  const made = await run(['token', 'create', 'ci', '--scope', 'tasks', 'conda', '--expires', '30d']);
  t.match(made, { code: 0, stdout: /^Token \S+\nmus_\S+ \(shown only once\)$/ });
  const [, key = ''] = /(mus_\S+)/.exec(made.stdout) ?? [];
  const list = await run(['token', 'list']);
  t.match(list.stdout, /^TOKEN +NAME +SCOPES +CREATED +EXPIRES\n\S+ +ci +tasks,conda +\S+ +2\S+Z$/);
  t.notMatch(list.stdout, key);
  t.match(await as(key)(['task', 'list']), { code: 0 });
  t.match(await as(key)(['token', 'create', 'more', '--scope', 'tasks']), {
    code: 1,
    stderr: /an API key cannot create API keys|\(403\)/,
  });
  t.match(await run(['token', 'revoke', 'ci']), { code: 1, stderr: 'not a terminal: pass --yes' });
  t.match(await run(['token', 'revoke', 'c', '--yes']), { code: 0, stdout: /^ci: / });
  t.match(await as(key)(['task', 'list']), { code: 1, stderr: /\(401\)/ });
  t.match(await run(['token', 'revoke', 'ci', '--yes']), { code: 1, stderr: /no such token: ci/ });

  t.match(await run(['user', 'update']), { code: 1, stderr: /nothing to change/ });
  t.match(await run(['user', 'update', '--email', 'ann@example.com', '--first-name', 'Ann']), {
    code: 0,
    stdout: 'ann: changed email, first_name',
  });
  t.match(await run(['user', 'passwd'], 'password123\n'), {
    code: 1,
    stderr: 'standard input has too few lines: there is none for "New password of ann:"',
  });
  t.match(await run(['user', 'passwd'], 'wrong-password\nanother-password\n'), {
    code: 1,
    stderr: /\(403\)/,
  });
  t.match(await run(['user', 'passwd'], 'password123\nanother-password\n'), {
    code: 0,
    stdout: /^ann: .*\nLog in again: muster login ann$/,
  });
  t.match(await run(['task', 'list']), { code: 1, stderr: /\(401\)/ }, 'all sessions have ended');
  t.match(await run(['login', 'ann', '--no-token'], 'another-password\n'), { code: 0 });

  const admin = as(tokenOf(root));
  t.equal((await api.say('POST', '/api/nodes/register', { hostname: 'vm-3' }, root)).status, 201);
  await api.caughtUp();
  t.match(await admin(['node', 'remove', 'vm-3']), { code: 1, stderr: 'not a terminal: pass --yes' });
  t.match(await admin(['node', 'remove', 'vm-3', '--yes']), { code: 0, stdout: /The hostname was removed/ });
  t.match(await admin(['node', 'remove', 'vm-3', '--yes']), { code: 1, stderr: /no such node: vm-3/ });
});
