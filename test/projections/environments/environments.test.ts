import t from 'tap';
import type { RecordedMusterEvent } from '#domain/event-types/index.js';
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
