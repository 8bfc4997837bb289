import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { environments, type EnvironmentDocument } from '#projections/environments/environments.js';
import { lockOf } from '../../src/surfaces/environments/routes/scene.js';

const ONE = '7d0f3a5e-1c92-4b7f-9f0e-2b6c4d1a8e33';

const happened = (type: string, data: object = {}): RecordedMusterEvent =>
  ({ type, data: { environmentId: ONE, ...data }, metadata: { at: 1000 } }) as unknown as RecordedMusterEvent;

function after(former: EnvironmentDocument | undefined, event: RecordedMusterEvent): EnvironmentDocument {
  t.same(environments.touches(event), [ONE], event.type);
  t.ok(environments.events.includes(event.type), event.type);
  return environments.evolve(former, event, ONE) as EnvironmentDocument;
}

void t.test(
  'every request and every end of a build changes the environment, whatever the outcome',
  async (t) => {
    let document = after(
      undefined,
      happened('EnvironmentCreated', { tenantId: 'one', createdBy: 'ann', name: 'data' }),
    );
    t.equal(document.endedBuild, null);
    const ends = [
      [
        'EnvironmentBuilt',
        { backend: 'venv', hash: 'h', lock: lockOf({ python: '3.11.9' }), disk: 1, keptFrom: 1 },
      ],
      ['EnvironmentBuildFailed', { step: 'solve', failed: [] }],
      ['EnvironmentBuildCancelled', {}],
      ['EnvironmentPlanned', {}],
    ] as const;
    for (const [index, [type, data]] of ends.entries()) {
      const build = index + 1;
      const requested = after(document, happened('EnvironmentBuildRequested', { build }));
      t.match(requested, { newestBuild: build, endedBuild: build === 1 ? null : build - 1 });
      document = after(requested, happened(type, { build, ...data }));
      t.match(document, { newestBuild: build, endedBuild: build, current: 1 }, type);
    }
  },
);

void t.test('the end of its owner is due until it is carried out', async (t) => {
  const event = (type: string, data: object): RecordedMusterEvent =>
    ({ type, data, metadata: { at: 2000 } }) as unknown as RecordedMusterEvent;
  const due = (document: EnvironmentDocument): unknown => environments.indexes?.['due']?.(document);
  const gone = event('UserErased', { userId: 'ann' });
  const handed = event('UserDeactivated', { userId: 'ann', heir: 'bob' });
  t.same(environments.touches(gone), [{ where: 'owner', equals: 'ann' }]);
  const evolve = (former: EnvironmentDocument, said: RecordedMusterEvent): EnvironmentDocument =>
    environments.evolve(former, said, ONE) as EnvironmentDocument;
  const created = after(
    undefined,
    happened('EnvironmentCreated', { tenantId: 'one', createdBy: 'ann', name: 'data' }),
  );
  t.equal(due(evolve(created, gone)), undefined, 'nothing is being built');
  const building = after(created, happened('EnvironmentBuildRequested', { build: 1 }));
  t.equal(due(building), undefined);
  t.equal(due(evolve(building, event('UserErased', { userId: 'eve' }))), undefined);
  const ended = evolve(building, gone);
  t.not(due(ended), undefined);
  t.equal(due(after(ended, happened('EnvironmentBuildCancelled', { build: 1 }))), undefined);
  const inherited = evolve(created, handed);
  t.not(due(inherited), undefined);
  const theirs = after(inherited, happened('EnvironmentOwnerChanged', { ownerId: 'bob' }));
  t.match(theirs, { createdBy: 'bob', ownerEnd: undefined });
  t.equal(due(theirs), undefined);
});
