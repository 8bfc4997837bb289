import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MUSTER, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

const PASSWORD = 'first-password-of-all';

void t.test(
  'registers, creates, changes, lists and erases accounts, and stores no password in plain text',
  async (t) => {
    const server = await startServer(t, {
      env: { MUSTER_ADMIN_USERNAME: 'root', MUSTER_ADMIN_PASSWORD: PASSWORD },
    });
    const config = t.testdir();
    const run = async (
      args: readonly string[],
      input = '',
    ): Promise<{ code: number | null; stdout: string; stderr: string }> =>
      await runToEnd({
        command: process.execPath,
        args: [MUSTER, ...args, '--address', server.url],
        env: { XDG_CONFIG_HOME: config },
        input,
      });

    t.match(await run(['service', 'list']), { code: 1, stderr: /muster login/ });
    // The server's own user repairs accounts on loopback without a login.
    t.match(await run(['user', 'list']), { code: 0, stdout: /root +admin +active/ });
    const carl = ['user', 'register', 'carl', '--email', 'carl@example.com', '--first-name', 'Carl'];
    t.match(await run(carl, 'password-of-carl\n'), {
      code: 0,
      stdout: /Account carl, role user, id [\da-f-]{36}\nLog in: muster login carl/,
    });
    t.match(await run(carl, 'password-of-carl\n'), { code: 1, stderr: /Username or email already exists/ });
    t.match(await run(['user', 'register', 'dora', '--email', 'nowhere'], 'password-of-dora\n'), {
      code: 1,
      stderr: /email/,
    });
    t.match(await run(['login', 'root'], 'wrong-password\n'), {
      code: 1,
      stderr: /username or password is wrong/,
    });
    t.match(await run(['login', 'root'], `${PASSWORD}\n`), { code: 0, stdout: /Logged in as root/ });
    t.equal(statSync(join(config, 'muster/tokens.json')).mode & 0o777, 0o600);

    t.match(await run(['user', 'create', 'ann', '--role', 'tenant_admin'], 'password-of-ann\n'), {
      code: 0,
      stdout: /Account ann, number 3, role tenant_admin/,
    });
    t.match(await run(['user', 'create', 'ANN'], 'password-of-ann\n'), {
      code: 1,
      stderr: /username: is taken/,
    });
    t.match(await run(['user', 'create', 'bob', '--generate']), {
      code: 0,
      stdout: /Password [\w-]{24} \(shown only once\)/,
    });
    t.match(await run(['user', 'role', 'ann', 'user']), { code: 0, stdout: /ann: The role is now user/ });
    t.match(await run(['user', 'deactivate', 'bob']), { code: 0 });
    t.match(await run(['user', 'reset-password', 'ann'], 'another-password\n'), { code: 0 });
    const list = await run(['user', 'list']);
    t.match(list.stdout, /root +admin +active/);
    t.match(list.stdout, /ann +user +active/);
    t.match(list.stdout, /bob +user +inactive/);
    t.match(await run(['user', 'erase', 'bob']), { code: 1, stderr: 'not a terminal: pass --yes' });
    t.match(await run(['user', 'erase', 'bob', '--yes']), { code: 0 });
    t.match((await run(['user', 'list'])).stdout, /erased +user +erased/);
    t.match(await run(['user', 'role', 'nobody', 'admin']), { code: 1, stderr: /no such account: nobody/ });
    t.match(await run(['logout']), { code: 0 });
    t.match(await run(['service', 'list']), { code: 1, stderr: /muster login/ });

    const secrets = [PASSWORD, 'password-of-ann', 'another-password', '$argon2'];
    // Journals come and go with each write of a running server.
    for (const name of readdirSync(server.dataDir).filter(
      (each) => !each.endsWith('-journal') && statSync(join(server.dataDir, each)).isFile(),
    )) {
      const bytes = readFileSync(join(server.dataDir, name));
      for (const secret of [...secrets, 'root\u0000'])
        t.notOk(bytes.includes(secret), `${name} does not contain ${secret}`);
      if (/key/.test(name))
        t.equal(statSync(join(server.dataDir, name)).mode & 0o077, 0, `only the owner can read ${name}`);
    }
    const printed = [...server.program.stdout, ...server.program.stderr].join('\n');
    for (const secret of secrets) t.notOk(printed.includes(secret));
  },
);

void t.test(
  'refuses operator commands with the token of an ordinary account, and accepts them without it',
  async (t) => {
    const server = await startServer(t, {
      env: { MUSTER_ADMIN_USERNAME: 'root', MUSTER_ADMIN_PASSWORD: PASSWORD },
    });
    const env = { XDG_CONFIG_HOME: t.testdir(), MUSTER_SERVER_URL: server.url };
    const run = async (args: readonly string[], { input = '', more = {} } = {}) =>
      await runToEnd({ command: process.execPath, args: [MUSTER, ...args], env: { ...env, ...more }, input });
    t.match(await run(['job', 'list']), { code: 0 }, 'the operator needs no account');
    await server.api.post('/api/auth/register', { username: 'ann', password: 'password-of-ann' });
    t.match(await run(['login', 'ann'], { input: 'password-of-ann\n' }), { code: 0 });

    const advice = /requires an administrator, or an operator connection.*\(403\)\n.*--no-token/;
    for (const args of [
      ['job', 'list'],
      ['node', 'list'],
      ['events', '--last', '1'],
    ]) {
      t.match(await run(args), { code: 1, stderr: advice }, args.join(' '));
      t.match(await run([...args, '--no-token']), { code: 0 }, `${args.join(' ')} --no-token`);
      t.match(
        await run(args, { more: { MUSTER_TOKEN: '' } }),
        { code: 0 },
        `${args.join(' ')} with an empty MUSTER_TOKEN`,
      );
      t.match(
        await run(args, { more: { MUSTER_TOKEN: 'x' } }),
        { code: 1, stderr: /\(401\)/ },
        `${args.join(' ')} with a wrong token`,
      );
    }
    t.match(await run(['task', 'list']), { code: 0 }, 'the account can list its own tasks');
    t.match(await run(['login', 'root'], { input: `${PASSWORD}\n` }), { code: 0 });
    t.match(await run(['job', 'list']), { code: 0 }, 'an administrator can list jobs');
    t.match(await run(['logout']), { code: 0 });
    t.match(await run(['job', 'list']), { code: 0 });
  },
);

void t.test('creates the first administrator once and prints the generated password', async (t) => {
  const server = await startServer(t);
  const line = server.program.stderr.find((each) => each.includes('administrator')) ?? '';
  const [, password] = /administrator +admin, password ([\w-]{24}) \(shown this once\)/.exec(line) ?? [];
  t.ok(password);
  const login = async () =>
    (await server.api.post('/api/auth/login', { username: 'admin', password })).status;
  t.equal(await login(), 200);
  const { body } = await server.api.post<{ token: string }>('/api/auth/login', {
    username: 'admin',
    password,
  });
  await server.restart();
  t.equal(
    server.program.stderr.find((each) => each.includes('administrator')),
    undefined,
  );
  t.equal(await login(), 200);
  t.equal(
    (await server.api.get('/api/auth/me', { headers: { authorization: `Bearer ${body.token}` } })).status,
    200,
    'a token is still valid after a restart of the server',
  );
});
