import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';

t.setTimeout(180_000 * PATIENCE);

void t.test('reports that no instance has started yet, and exits 0', async (t) => {
  const { api, service } = await servicesScene(t);
  await service('app');
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'ann')).authorization.split(' ');
  const run = async (...args: string[]) =>
    await muster(['service', 'logs', 'my app', ...args], { MUSTER_SERVER_URL: address, MUSTER_TOKEN: token });
  t.match(await run(), { code: 0, stdout: '', stderr: 'No matching log lines.' });
  t.match(await run('--all'), { code: 0, stdout: '', stderr: '' });
  t.match(await run('-f'), {
    code: 0,
    stdout: '-- muster: no instance has started, so there is nothing to follow yet --',
    stderr: '',
  });
  const json = await run('-o', 'json');
  t.same([json.code, JSON.parse(json.stdout), json.stderr], [0, { logs: [] }, '']);
});
