import t, { type Test } from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { openTestApi } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(180_000 * PATIENCE);

const SECRET = 'hf-in-no-argument';

/** A server, an account that may hold two GPUs, and the command line of that account. */
async function scene(t: Test) {
  const api = await openTestApi(t);
  const context = commandContext();
  await api.identity.registrations.register(
    { username: 'ann', password: 'password123', role: 'user' },
    context,
  );
  const { token } = (
    await api.say('POST', '/api/auth/login', { username: 'ann', password: 'password123' })
  ).json() as { token: string };
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    await muster(['claim', 'create', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token, ...env });
  const specs = async (): Promise<readonly unknown[]> => {
    const list = (
      await api.say('GET', '/api/gpu-claims', undefined, { authorization: `Bearer ${token}` })
    ).json() as {
      gpu_claims: { id: string; spec: object }[];
    };
    return list.gpu_claims.map(({ spec }) => spec);
  };
  return { api, run, specs };
}

void t.test('sends the command and environment of the container', async (t) => {
  const { api, run, specs } = await scene(t);
  const program = ['--command', "python3 'my train.py'", '--arg', '--epochs', '--arg', '3 of them'];
  const environment = [
    '--env',
    'LANG=C.UTF-8',
    '--env',
    'OPTIONS=a=b',
    '--env',
    'EMPTY=',
    '--env',
    'HF_TOKEN',
    '--env',
    'LANG=C',
  ];
  const { code, stdout } = await run(['busybox', '--gpus', '2', ...program, ...environment, '-o', 'json'], {
    HF_TOKEN: SECRET,
  });
  t.equal(code, 0);
  const spec = {
    image: 'busybox',
    resources: { gpuCount: 2 },
    command: "python3 'my train.py'",
    args: ['--epochs', '3 of them'],
    env: { LANG: 'C', OPTIONS: 'a=b', EMPTY: '', HF_TOKEN: SECRET },
  };
  t.same((JSON.parse(stdout) as { spec: unknown }).spec, spec);
  t.same(await specs(), [spec]);
  t.notMatch(
    JSON.stringify(await api.events(), (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    SECRET,
    'the secret is sealed in the log',
  );
});

void t.test('claims one GPU by default, and sends no command', async (t) => {
  const { run, specs } = await scene(t);
  t.match(await run(['busybox']), { code: 0, stdout: /^Claim +claim-.*\nStatus +Pending$/ });
  t.same(await specs(), [{ image: 'busybox', resources: { gpuCount: 1 } }]);
});

void t.test('prints why a claim is refused, and creates no claim', async (t) => {
  const { run, specs } = await scene(t);
  const refusals: readonly (readonly [
    what: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    stderr: RegExp,
  ])[] = [
    ['not a number', ['--gpus', 'x'], {}, /^--gpus x: must be a whole number$/],
    [
      'a variable that is not set',
      ['--env', 'NOT_SET_HERE'],
      {},
      /^--env NOT_SET_HERE: not set in this environment$/,
    ],
    ['a variable without a name', ['--env', '=x'], {}, /^--env =x: the name before = is missing$/],
    ['400: no GPU', ['--gpus', '0'], {}, /gpuCount.*\(400\)/],
    ['400: an empty command', ['--command', ''], {}, /command.*\(400\)/],
    ['400: an invalid variable name', ['--env', 'a b=c'], {}, /env.*\(400\)/],
    [
      '400: arguments that are too large',
      ['--arg', 'x'.repeat(32_768), '--arg', 'y'.repeat(32_768)],
      {},
      /65536 bytes together.*\(400\)/,
    ],
    ['401: an invalid token', [], { MUSTER_TOKEN: 'not-one' }, /\(401\)\nLog in: muster login NAME/],
    ['403: over the quota', ['--gpus', '3'], {}, /\(403\)/],
    [
      'an unreachable server',
      ['--address', 'http://127.0.0.1:1'],
      {},
      /^cannot reach the server at http:\/\/127\.0\.0\.1:1: /,
    ],
  ];
  for (const [what, args, env, stderr] of refusals)
    t.match(await run(['busybox', ...args], env), { code: 1, stdout: '', stderr }, what);
  t.same(await specs(), []);
});
