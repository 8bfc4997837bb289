import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { CopyOutcome } from '#domain/volumes/index.js';
import { completed, servicesScene } from './routes/scene.js';
import { nodeUp, placedOn, volumeOf, volumesSettled } from './routes/volume-scene.js';

const POSTGRES = { nomad_job_file: 'postgresql.nomad' };

/** A database of ann's, whose password is generated unless it is given. */
async function scene(t: Test, variables: object = {}) {
  const services = await servicesScene(t);
  const { api, as, service } = services;
  await api.happened(nodeUp);
  const id = await service('database', { ...POSTGRES, custom_variables: variables });
  await volumesSettled(api);
  const update = async (given: object, query = '', method = 'PUT', path = '') =>
    await as('ann', method, `/services/${id}${path}${query}`, {
      config: { ...POSTGRES, custom_variables: given },
    });
  const used = async (): Promise<void> => void (await api.happened(placedOn(id)));
  const names = async () => {
    const said = await as('ann', 'GET', `/services/${id}/versions`);
    return (said.json() as unknown as { versions: { version: number }[] }).versions.length;
  };
  return { ...services, id, update, used, names };
}

void t.test('values that are read on an empty volume only can be changed until it is used', async (t) => {
  const { update, used, names, id } = await scene(t, { DB_PASSWORD: 'first' });
  t.equal((await update({ DB_PASSWORD: 'second' })).status, 200);
  await used();
  const refused = await update({ DB_PASSWORD: 'third', DB_NAME: 'other' });
  t.equal(refused.status, 409, refused.body);
  t.match(refused.json(), {
    error: `DB_PASSWORD, DB_NAME: read only while the volume ${volumeOf(id)} is empty, and it has data, so the new value would not be in force. Keep the value, or change it in the program first (ALTER USER … PASSWORD '…'; ALTER DATABASE … RENAME TO …), and pass force.`,
  });
  t.notMatch(refused.body, 'third');
  t.equal(
    (await update({ DB_PASSWORD: 'third' }, '', 'POST', '/preview')).status,
    409,
    'the preview says so',
  );
  const forced = await update({ DB_PASSWORD: 'third' }, '?force=true', 'POST', '/preview');
  t.match([forced.status, forced.json()], [200, { version: 3 }], 'unless it is forced');
  t.equal((await update({})).status, 200, 'a secret that is not sent stays');
  t.equal((await update({ DB_NAME: 'other' })).status, 409);
  t.equal(await names(), 3);
  t.equal(
    (await update({ DB_PASSWORD: 'third' }, '?force=true')).status,
    200,
    'force says that it was changed',
  );
  t.equal((await update({ DB_PASSWORD: 'third' })).status, 200);
  t.equal((await update({ DB_PASSWORD: 'second' })).status, 409);
});

void t.test('a rollback keeps the values that the volume has', async (t) => {
  const { update, used, as, id } = await scene(t, { DB_PASSWORD: 'first' });
  await used();
  const shown = async () =>
    (await as('ann', 'GET', `/services/${id}`)).json() as unknown as {
      variables: { name: string; value: string }[];
      config: { args?: readonly string[] };
    };
  const value = async (name: string) => (await shown()).variables.find((each) => each.name === name)?.value;
  const back = async (version: number, query = '') =>
    await as('ann', 'POST', `/services/${id}/rollback${query}`, { version });
  const same = await back(1);
  t.match(same.json(), { message: 'Service rolled back to version 1 (new version: 2)' });
  t.equal((await update({ DB_PASSWORD: 'second' }, '?force=true')).status, 200);
  const bad = { ...POSTGRES, args: ['postgres', '-c', 'max_connections=17'] };
  t.equal((await as('ann', 'PUT', `/services/${id}`, { config: bad })).status, 200);
  t.match((await shown()).config, { args: bad.args });
  const preview = await as('ann', 'POST', `/services/${id}/preview`, { version: 1 });
  t.equal(preview.status, 200, preview.body);
  const kept = await back(1);
  t.match(
    [kept.status, kept.json()],
    [
      200,
      {
        message:
          'Service rolled back to version 1 (new version: 5). It keeps the values that the volume has: DB_PASSWORD',
      },
    ],
  );
  t.equal((await shown()).config.args, undefined);
  t.equal(await value('DB_PASSWORD'), 'second');
  t.equal((await update({ DB_PASSWORD: 'first' })).status, 409, 'the value that is in force still counts');
  t.equal((await back(1, '?force=true')).status, 200);
  t.equal(await value('DB_PASSWORD'), 'first', 'force says that the content has the former value');
});

void t.test(
  'after a restore, the values that may not fit are named, and a rollback takes those of its version',
  async (t) => {
    const { api, update, used, as, id } = await scene(t, { DB_PASSWORD: 'first' });
    await used();
    const shown = async () =>
      (await as('ann', 'GET', `/services/${id}`)).json() as unknown as {
        values_may_differ?: readonly string[];
        variables: { name: string; value: string }[];
      };
    const restored = async (outcome: CopyOutcome): Promise<void> =>
      void (await api.happened({
        type: 'VolumeCopyEnded',
        data: { name: volumeOf(id), copyId: randomUUID(), kind: 'restore', node: 'n1', outcome, bytes: 1 },
      }));
    await restored('complete');
    t.equal((await shown()).values_may_differ, undefined, 'there is only one value');
    t.equal((await update({ DB_PASSWORD: 'second' }, '?force=true')).status, 200);
    t.same((await shown()).values_may_differ, ['DB_PASSWORD']);
    const back = await as('ann', 'POST', `/services/${id}/rollback`, { version: 1 });
    t.match(
      [back.status, back.json()],
      [200, { message: 'Service rolled back to version 1 (new version: 3)' }],
    );
    const after = await shown();
    t.equal(after.variables.find(({ name }) => name === 'DB_PASSWORD')?.value, 'first');
    t.equal(after.values_may_differ, undefined, 'the user has said which version fits');
    await restored('unchanged');
    t.equal((await shown()).values_may_differ, undefined);
    await restored('incomplete');
    t.same((await shown()).values_may_differ, ['DB_PASSWORD']);
    const preview = await as('ann', 'POST', `/services/${id}/preview`, { version: 2 });
    t.equal(preview.status, 200, preview.body);
  },
);

void t.test('a restore of a known backup says exactly which values its content has', async (t) => {
  const { api, update, used, as, id } = await scene(t, { DB_PASSWORD: 'first' });
  await used();
  const shown = async () =>
    (await as('ann', 'GET', `/services/${id}`)).json() as unknown as {
      values_may_differ?: readonly string[];
      values_of_version?: number;
      config: { args?: readonly string[] };
      variables: { name: string; value: string }[];
    };
  const copied = async (kind: 'backup' | 'restore', digit: string): Promise<void> => {
    const copy = { name: volumeOf(id), copyId: randomUUID(), kind, node: 'n1' };
    await api.happened({ type: 'VolumeCopyStarted', data: copy });
    const end = { outcome: 'complete', bytes: 1, sha256: digit.repeat(64) } as const;
    await api.happened({ type: 'VolumeCopyEnded', data: { ...copy, ...end } });
  };
  await copied('backup', 'a');
  t.equal((await update({ DB_PASSWORD: 'second' }, '?force=true')).status, 200);
  const args = ['postgres', '-c', 'max_connections=17'];
  t.equal((await as('ann', 'PUT', `/services/${id}`, { config: { ...POSTGRES, args } })).status, 200);
  await copied('backup', 'b');
  await copied('restore', 'b');
  t.equal((await shown()).values_may_differ, undefined, 'the backup is newer than the change');
  await copied('restore', 'a');
  t.match(await shown(), { values_may_differ: ['DB_PASSWORD'], values_of_version: 1 });
  t.match((await as('ann', 'POST', `/services/${id}/start`)).json(), { values_may_differ: ['DB_PASSWORD'] });
  t.equal((await as('ann', 'POST', `/services/${id}/stop`)).status, 200);
  await copied('backup', 'c');
  await copied('restore', 'b');
  await copied('restore', 'c');
  t.match(await shown(), { values_of_version: 1 }, 'a backup of restored content has its values');
  t.equal((await update({ DB_PASSWORD: 'first' }, '', 'POST', '/preview')).status, 200);
  const back = await as('ann', 'POST', `/services/${id}/rollback`, { version: 3 });
  t.match(back.json(), { message: /It keeps the values that the volume has: DB_PASSWORD$/ });
  const after = await shown();
  t.equal(after.variables.find(({ name }) => name === 'DB_PASSWORD')?.value, 'first');
  t.same(after.config.args, args, 'all else is as in the version');
  t.equal(after.values_may_differ, undefined);
  await copied('restore', 'd');
  t.same((await shown()).values_may_differ, ['DB_PASSWORD'], 'another archive may have any of the values');
  t.equal((await shown()).values_of_version, undefined);
});

void t.test('an automatic rollback of a forced value restores the value before', async (t) => {
  const { update, used, as, id, told } = await scene(t, { DB_PASSWORD: 'first' });
  t.equal((await as('ann', 'POST', `/services/${id}/start`)).status, 200);
  await used();
  await told(id, completed(1));
  t.equal((await update({ DB_PASSWORD: 'second' }, '?force=true')).status, 200);
  const password = async (): Promise<unknown> => {
    const { variables = [] } = (await as('ann', 'GET', `/services/${id}`)).json() as unknown as {
      variables?: { name: string; value: string }[];
    };
    return variables.find(({ name }) => name === 'DB_PASSWORD')?.value;
  };
  t.equal(await password(), 'second');
  const reason = { code: 'deadline', message: 'No instance is healthy.' } as const;
  await told(id, { kind: 'settle', number: 2, outcome: 'failed', reason, now: 0 });
  t.equal(await password(), 'first');
  t.match((await as('ann', 'GET', `/services/${id}`)).json(), {
    version: 3,
    connection_string: null,
    config: { custom_variables: { DB_PASSWORD: 'first' } },
  });
  t.equal((await update({ DB_PASSWORD: 'first' })).status, 200, 'it is the value that counts from then on');
  t.equal((await update({ DB_PASSWORD: 'second' })).status, 409);
});

void t.test('an environment variable that overrides the template counts as its value', async (t) => {
  const { used, as, id } = await scene(t);
  await used();
  const said = await as('ann', 'PUT', `/services/${id}`, {
    config: { ...POSTGRES, environment: { POSTGRES_PASSWORD: 'other' } },
  });
  t.match([said.status, said.body], [409, /DB_PASSWORD: read only/]);
});

void t.test('a generated password is none of the data of a volume that is attached', async (t) => {
  const { used, as, id } = await scene(t);
  await used();
  await as('ann', 'DELETE', `/services/${id}`);
  const attach = async (type: string, variables: object) =>
    await as('ann', 'POST', '/services', {
      name: type,
      type,
      config: {
        ...POSTGRES,
        volumes: [{ name: 'data', from: volumeOf(id) }],
        custom_variables: variables,
      },
    });
  const refused = await attach('database', {});
  t.equal(refused.status, 409, refused.body);
  t.match(refused.json(), { error: /^DB_PASSWORD: .*Set the value with which the data was created\.$/ });
  t.equal((await attach('database', { DB_PASSWORD: 'first' })).status, 201);
});

void t.test('a template of a user marks its own variables', async (t) => {
  const { api, as, service } = await servicesScene(t);
  await api.happened(nodeUp);
  const template = {
    name: 'app',
    type: 'app',
    config: {
      image: 'app:1',
      volumes: [{ name: 'data', path: '/data' }],
      environment: { X: '{{X}}', Y: '{{Y}}' },
    },
    variables: [
      { name: 'X', type: 'string', description: '', default: 'a', initial: true },
      { name: 'Y', type: 'string', description: '', default: 'a' },
    ],
  };
  const bad = {
    ...template,
    variables: [{ ...template.variables[1], change: 'how' }, template.variables[0]],
  };
  t.equal((await as('root', 'POST', '/templates', bad)).status, 400, 'only initial variables have a change');
  const added = await as('root', 'POST', '/templates', template);
  t.match(added.json(), { variables: [{ name: 'X', initial: true }, { name: 'Y' }] });
  const id = await service('app', { nomad_job_file: 'app.nomad' });
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const set = async (name: string) =>
    (
      await as('ann', 'PUT', `/services/${id}`, {
        config: { nomad_job_file: 'app.nomad', custom_variables: { [name]: 'b' } },
      })
    ).status;
  t.equal(await set('X'), 409);
  t.equal(await set('Y'), 200);
});
