import t from 'tap';
import { built, make, scene } from './scene.js';
import { commandContext } from '../../../../fixtures/command-context.js';

/** All routes that build an environment or choose the code of later runs. */
const RUNS_CODE = [
  ['POST', '/environment', { name: 'new' }],
  ['POST', '/environment', { name: 'new', requirements: ['six'] }],
  ['POST', '/environment/data/packages', { packages: ['numpy'] }],
  ['DELETE', '/environment/data/packages', { packages: ['numpy'] }],
  ['GET', '/environment/data/plan?packages=numpy', undefined],
  ['POST', '/environment/data/rollback', { generation: 1 }],
] as const;

void t.test('requires the scope tasks:execute of an API key that runs code', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const userId = (await all.api.identity.users.idOf('ann')) ?? '';
  const withKey = async (...scopes: string[]) => {
    const { apiKey } = await all.api.identity.apiKeys.issue(userId, { name: 'k', scopes }, commandContext());
    return async (method: string, path: string, body?: unknown) =>
      await all.api.say(method, `/api/conda${path}`, body, { authorization: `Bearer ${apiKey}` });
  };

  const reader = await withKey('conda');
  t.match(await reader('GET', '/environments'), { status: 200 });
  for (const [method, path, body] of RUNS_CODE)
    t.match(
      await reader(method, path, body),
      { status: 403, body: /an API key with the scope tasks:execute/ },
      `${method} ${path}`,
    );
  t.match((await ask('GET', '/environments')).json(), [{ name: 'data' }], 'no environment was created');

  const runner = await withKey('conda', 'tasks:execute');
  const installing = runner('POST', '/environment/data/packages', { packages: ['numpy'] });
  await all.end(built({ python: '3.11.9', numpy: '1.24.3' }));
  t.match(await installing, { status: 200 });
  t.match(await runner('POST', '/environment/data/rollback', { generation: 1 }), { status: 200 });
  t.match(await (await withKey('*'))('POST', '/environment/data/rollback', { generation: 2 }), {
    status: 200,
  });
});

void t.test('refuses builds and rollbacks of an account that lost the right to execute', async (t) => {
  const all = await scene(t);
  const ask = await all.as('ann');
  await make(all, ask, 'data');
  const userId = (await all.api.identity.users.idOf('ann')) ?? '';
  await all.api.identity.users.setExecution(userId, false, commandContext());
  for (const [method, path, body] of RUNS_CODE)
    t.match(await ask(method, path, body), { status: 403 }, `${method} ${path}`);
});
