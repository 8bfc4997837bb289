import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';

t.setTimeout(120_000 * PATIENCE);

void t.test('chooses between servers, and puts variables and options before the choice', async (t) => {
  const config = t.testdir();
  const run = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    await muster(args, { XDG_CONFIG_HOME: config, ...more });
  const goesTo = async (args: readonly string[], more?: Readonly<Record<string, string>>) =>
    /cannot reach the server at (\S+):/.exec((await run(['job', 'list', ...args], more)).stderr)?.[1];

  t.match(await run(['context', 'list']), { code: 0, stdout: 'IN USE  NAME  SERVER  LOGGED IN' });
  t.match(await run(['context', 'add', 'prod', '127.0.0.1:7']), {
    code: 0,
    stdout: 'prod: http://127.0.0.1:7\nUse it: muster context use prod',
  });
  t.match(await run(['context', 'add', 'test', 'http://127.0.0.1:9/', '--use']), {
    code: 0,
    stdout: 'test: http://127.0.0.1:9 (in use)',
  });
  const file = join(config, 'muster/contexts.json');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(await goesTo([]), 'http://127.0.0.1:9');
  t.match(await run(['context', 'use', 'prud']), {
    code: 1,
    stderr: 'no such context: prud; did you mean prod?',
  });
  t.match(await run(['context', 'use', 'prod'], { MUSTER_SERVER_URL: 'http://127.0.0.1:1' }), {
    code: 0,
    stderr: 'MUSTER_SERVER_URL is set, so commands still use http://127.0.0.1:1',
  });
  t.equal(await goesTo([]), 'http://127.0.0.1:7');
  t.equal(await goesTo([], { MUSTER_SERVER_URL: 'http://127.0.0.1:1' }), 'http://127.0.0.1:1');
  t.equal(await goesTo([], { MUSTER_PORT: '1' }), 'http://127.0.0.1:1');
  t.equal(await goesTo(['--address', 'http://127.0.0.1:1']), 'http://127.0.0.1:1');
  t.match((await run(['context', 'list'])).stdout.split('\n'), [
    /^IN USE/,
    /^\* +prod +http:\/\/127.0.0.1:7 +no$/,
    /^ +test +http:\/\/127.0.0.1:9 +no$/,
  ]);
  t.match(await run(['context', 'add', '__proto__', 'x']), { code: 1, stderr: /^__proto__: must be/ });
  t.match(await run(['context', 'add', 'x', 'ftp://x']), { code: 1, stderr: /must be a URL/ });
  t.match(await run(['context', 'remove', 'prod']), { code: 0, stdout: /the server of this machine/ });
  writeFileSync(file, '{"servers": 3}');
  t.match(await run(['job', 'list']), { code: 1, stderr: `${file} is not valid: correct it, or remove it` });
});
