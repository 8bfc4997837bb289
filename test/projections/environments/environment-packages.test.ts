import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { lockId } from '#projections/environments/environment-locks.js';
import {
  environmentPackages,
  packageLines,
  packagesIn,
  packagesOf,
  type EnvironmentPackagesDocument,
} from '#projections/environments/environment-packages.js';
import { lockOf } from '../../src/surfaces/environments/routes/scene.js';

const ONE = '7d0f3a5e-1c92-4b7f-9f0e-2b6c4d1a8e33';

interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

const built = (build: number, packages: Record<string, string>, keptFrom = 1): Told => ({
  type: 'EnvironmentBuilt',
  data: { environmentId: ONE, tenantId: 'one', build, lock: lockOf(packages), keptFrom },
});
const rolledBack = (before: number, generation: number): Told => ({
  type: 'EnvironmentRolledBack',
  data: { environmentId: ONE, before, generation },
});

function folded(...events: readonly Told[]): ReadonlyMap<string, EnvironmentPackagesDocument> {
  const documents = new Map<string, EnvironmentPackagesDocument>();
  for (const each of events) {
    const event = each as unknown as RecordedMusterEvent;
    for (const touch of environmentPackages.touches(event))
      for (const id of typeof touch === 'string' ? [touch] : documents.keys()) {
        const next = environmentPackages.evolve(documents.get(id), event, id);
        if (next === undefined) documents.delete(id);
        else documents.set(id, next as EnvironmentPackagesDocument);
      }
  }
  return documents;
}

const currentIn = (documents: ReadonlyMap<string, EnvironmentPackagesDocument>): string[] =>
  [...documents.values()]
    .filter((each) => environmentPackages.indexes?.['current']?.(each) === 'one')
    .map(({ packages }) => packages);

void t.test('shows the packages of the current generation, even after a rollback', async (t) => {
  const [first, second] = [built(1, { python: '3.11.9' }), built(2, { numpy: '1.24.3', python: '3.11.9' })];
  t.same(currentIn(folded(first, second)), ['numpy==1.24.3 python==3.11.9']);
  t.same(currentIn(folded(first, second, rolledBack(2, 1))), ['python==3.11.9']);
  t.same(currentIn(folded(first, second, rolledBack(2, 1), built(3, { flask: '3.0' }))), ['flask==3.0']);
});

void t.test('drops generations that are no longer retained, and those of deleted environments', async (t) => {
  const documents = folded(built(1, {}), built(2, {}), built(3, {}, 2));
  t.same([...documents.keys()], [lockId(ONE, 2), lockId(ONE, 3)]);
  t.equal(
    folded(built(1, {}), built(2, {}), { type: 'EnvironmentDeleted', data: { environmentId: ONE } }).size,
    0,
  );
});

void t.test('lists conda and pip packages together, sorted by name', async (t) => {
  const lock = {
    ...lockOf({ zlib: '1.3', python: '3.11.9' }),
    pip: [{ name: 'requests', version: '2.31.0', url: 'https://p.example/r', sha256: 'a', size: 1 }],
  };
  const packages = packagesOf(lock);
  t.same(packageLines({ packages }), ['python==3.11.9', 'requests==2.31.0', 'zlib==1.3']);
  t.same(packagesIn({ packages }).at(1), ['requests', '2.31.0']);
  t.same(packageLines({ packages: packagesOf(lockOf({})) }), []);
});
