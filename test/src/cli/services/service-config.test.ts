import t from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { muster } from '../../../fixtures/program.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';
import { servicesScene } from '../../surfaces/services/routes/scene.js';

t.setTimeout(180_000 * PATIENCE);

void t.test('an update removes single variables and changes the description', async (t) => {
  const { api, as, service } = await servicesScene(t);
  const environment = { A: '{{ONE}}', B: '2' };
  const id = await service('app', { image: 'web:1', environment, custom_variables: { ONE: '1', TWO: '2' } });
  const address = await api.app.listen({ port: 0, host: '127.0.0.1' });
  const [, token = ''] = bearer(await servicesLogin(api, 'ann')).authorization.split(' ');
  const update = async (...args: string[]) =>
    await muster(['service', 'update', 'my app', ...args], {
      MUSTER_SERVER_URL: address,
      MUSTER_TOKEN: token,
    });
  const shown = async () => (await as('ann', 'GET', `/services/${id}`)).json() as { readonly config: object };

  t.match(await update('--unset', 'B', '--unset', 'TWO'), { code: 0 });
  t.match(await shown(), { version: 2, description: null });
  t.same((await shown()).config, {
    image: 'web:1',
    environment: { A: '{{ONE}}' },
    custom_variables: { ONE: '1' },
  });
  t.match(await update('--unset', 'C'), { code: 1, stderr: /--unset C: .*has no such variable/ });

  t.match(await update('--description', 'our shop'), { code: 0 });
  t.match(await shown(), { version: 2, description: 'our shop' }, 'no version is created for that');
  t.match(await update('--description', ''), { code: 0 });
  t.match(await shown(), { description: null });
});
