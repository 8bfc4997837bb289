import t from 'tap';
import { MUSTER, runToEnd } from '../../../fixtures/program.js';
import { startServer } from '../../../fixtures/server.js';

const PASSWORD = 'first-password-of-all';

void t.test('never accepts a registry password as an argument, and never shows it', async (t) => {
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
  t.match(await run(['login', 'root'], `${PASSWORD}\n`), { code: 0 });

  const robot = ['--username', 'robot', '--password-stdin'];
  t.match(await run(['registry', 'login', 'ghcr.io', ...robot], 'token-of-robot\n'), {
    code: 0,
    stdout: /^REGISTRY +USERNAME +SET +BY\nghcr\.io +robot /,
  });
  t.match(await run(['registry', 'login', 'docker.io', '-u', 'other'], 'token-of-other\n'), { code: 0 });
  t.match(await run(['registry', 'login', 'https://ghcr.io', ...robot], 'token-of-robot\n'), {
    code: 1,
    stderr: /without a scheme/,
  });
  t.match(await run(['registry', 'login', 'ghcr.io', '--password', 'x', ...robot]), {
    code: 1,
    stderr: /unknown option '--password'/,
  });
  t.match(await run(['registry', 'login', 'ghcr.io']), {
    code: 1,
    stderr: /required option '-u, --username <name>'/,
  });
  const list = await run(['registry', 'list']);
  t.match(list.stdout, /docker\.io +other .*\nghcr\.io +robot /);
  t.notMatch(list.stdout, /token/);
  t.match(await run(['registry', 'remove', 'ghcr.io']), { code: 0, stdout: /ghcr\.io[^]*removed/ });
  t.match(await run(['registry', 'remove', 'ghcr.io']), {
    code: 1,
    stderr: /there is no credential for ghcr\.io/,
  });
});
