import t from 'tap';
import {
  environmentDisk,
  type EnvironmentDiskCommand,
  type EnvironmentDiskEvent,
  type StoredGeneration,
} from '#domain/environments/environment/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const [ONE, TWO] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const GIGABYTE = 1e9;
const { given } = specify(environmentDisk, { moments: (revision) => revision });
const holder = (
  environmentId: string,
  build: number,
  disk = GIGABYTE,
  hash = `${environmentId.slice(0, 1)}${build}`.padEnd(64, '0'),
): StoredGeneration => ({
  environmentId,
  build,
  hash,
  disk,
});
const take = (of: StoredGeneration, more: Partial<EnvironmentDiskCommand> = {}): EnvironmentDiskCommand => ({
  kind: 'take',
  tenantId: 'one',
  holder: of,
  most: 2 * GIGABYTE,
  there: [],
  gone: [],
  keptFrom: 1,
  ...more,
});
const taken = (of: StoredGeneration): EnvironmentDiskEvent => ({
  type: 'EnvironmentRoomTaken',
  data: { tenantId: 'one', ...of, disk: of.disk ?? 0 },
});
const left = (...generations: readonly StoredGeneration[]): EnvironmentDiskEvent => ({
  type: 'EnvironmentRoomLeft',
  data: {
    tenantId: 'one',
    generations: generations.map(({ environmentId, build }) => ({ environmentId, build })),
  },
});
const NO_ROOM = [
  'MUSTER_E_ENVIRONMENT_NO_ROOM',
  'the environments of the tenant use 3 GB; the limit is 2 GB',
] as const;

void t.test('each generation counts once, and one that would exceed the disk quota is refused', async (t) => {
  const [first, second, third] = [holder(ONE, 1), holder(TWO, 1), holder(TWO, 2)];
  given().when(take(first), take(second), take(first)).then(t, taken(first), taken(second));
  given(taken(first), taken(second))
    .when(take(third))
    .refused(t, ...NO_ROOM);
});

void t.test(
  'generations from before the quota count once, and identical generations share disk space',
  async (t) => {
    const [first, second, third] = [holder(ONE, 1), holder(ONE, 2), holder(TWO, 1)];
    given(taken(second))
      .when(take(third, { there: [first, second] }))
      .refused(t, ...NO_ROOM);
    const equal = holder(TWO, 1, GIGABYTE, second?.hash);
    given(taken(first), taken(second)).when(take(equal)).then(t, taken(equal));
  },
);

void t.test(
  'deleted generations free their space, and generations displaced by the new one do not count',
  async (t) => {
    const [first, second, third] = [holder(ONE, 1), holder(TWO, 1), holder(ONE, 2)];
    given(taken(first), taken(second))
      .when(take(third, { gone: [second] }))
      .then(t, left(second), taken(third));
    given(taken(first), taken(second))
      .when(take(third, { keptFrom: 2 }))
      .then(t, taken(third));
  },
);

void t.test('a lowered quota refuses only generations that increase the usage', async (t) => {
  const [first, second] = [holder(ONE, 1, 3 * GIGABYTE), holder(TWO, 1, 0)];
  given(taken(first)).when(take(second)).then(t, taken(second));
});
