import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { noAgents } from '../../http/support/test-api.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';
import { nodeUp } from '../../surfaces/services/routes/volume-scene.js';

t.setTimeout(180_000 * PATIENCE);

void t.test('a list of unknown volumes has its own columns and no other filter', async (t) => {
  const volumes = ['b', 'a'].map((name) => ({ name, node_id: 'n1' }));
  const usage = async () => ({ kind: 'found', usage: { volumes } }) as never;
  const { api } = await servicesScene(t, {}, { agentChannel: { ...noAgents, usage } });
  await api.happened(nodeUp);
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'root')).authorization.split(' ');
  const list = async (...args: string[]) =>
    await muster(['volume', 'list', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token });
  t.match(await list('--unknown', '--sort', 'id'), {
    code: 0,
    stdout: /^ID +NODE +MADE BY +WHY\na +n1 +n1 +not recorded\nb +n1 +n1 +not recorded$/,
  });
  t.equal((await list('--unknown', '--sort', 'made-by')).code, 0);
  t.match(await list('--unknown', '--sort', 'created'), {
    code: 1,
    stderr: /--sort created: must be one of id, node, made-by, why/,
  });
  t.match(await list('--sort', 'why'), { code: 1, stderr: /--sort why: must be one of volume, status/ });
  for (const other of [['--all-tenants'], ['--status', 'kept']])
    t.match(await list('--unknown', ...other), { code: 1, stderr: /cannot be used with/ });
});
