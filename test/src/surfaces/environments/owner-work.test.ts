import { randomUUID } from 'node:crypto';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { environments } from '#projections/environments/environments.js';
import { settle } from '#src/fleet/owned-work/settle.js';
import { ownerWork } from '#src/surfaces/environments/owner-work.js';
import { commandContext } from '../../../fixtures/command-context.js';
import { eventually } from '../../../fixtures/eventually.js';
import { make, scene, type Scene } from './routes/scene.js';

/** Carries out what is due for the environments of accounts that ended. */
async function carriedOut({ api }: Scene): Promise<void> {
  const { executor, store: eventStore } = api;
  const caughtUp = async () => await api.projector.waitFor((await eventStore.head()) ?? 0n, 30_000);
  await caughtUp();
  for await (const page of api.models.list(environments.name, { by: 'due' }))
    for (const { json } of page)
      await settle(ownerWork, JSON.parse(json), {
        executor,
        eventStore,
        clock: systemClock,
        ids: { uuid: randomUUID },
      });
  await caughtUp();
}

async function ids({ api }: Scene): Promise<readonly string[]> {
  const registered = (await api.events()).filter(({ type }) => type === 'UserRegistered');
  return registered.map(({ data }) => (JSON.parse(data) as { userId: string }).userId);
}

const count = async ({ api }: Scene, wanted: string): Promise<number> =>
  (await api.events()).filter(({ type }) => type === wanted).length;

void t.test('an erased account’s builds are cancelled, and its environments stay', async (t) => {
  const it = await scene(t);
  const ann = await it.as('ann');
  const bob = await it.as('bob', { role: 'tenant_admin' });
  await make(it, ann, 'data');
  void ann('POST', '/environment', { name: 'more' });
  await eventually(async () => (await count(it, 'EnvironmentBuildRequested')) === 2);
  await it.api.identity.users.erase((await ids(it))[0]!, commandContext());
  await carriedOut(it);
  t.equal(await count(it, 'EnvironmentBuildCancelled'), 1);
  t.match((await it.api.events()).find(({ type }) => type === 'EnvironmentBuildCancelled')?.data, '"erased"');
  t.equal((await bob('GET', '/environment/data')).status, 200);
  t.equal((await bob('GET', '/environment/more')).status, 404, 'it was never built');
  await carriedOut(it);
  t.equal(await count(it, 'EnvironmentBuildCancelled'), 1, 'once');
});

void t.test('an heir may change the environments of an account that was deactivated', async (t) => {
  const it = await scene(t);
  const ann = await it.as('ann');
  const bob = await it.as('bob');
  await make(it, ann, 'data');
  const change = async () => (await bob('DELETE', '/environment/data')).status;
  t.equal(await change(), 403);
  const [annId, bobId] = await ids(it);
  await it.api.identity.users.setActive(annId!, false, commandContext(), bobId);
  await carriedOut(it);
  t.match((await bob('GET', '/environment/data')).json(), { created_by_me: true });
  t.equal(await change(), 204);
});
