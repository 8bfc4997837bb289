import { createHash, randomUUID } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';
import { environmentNameReservation, type EnvironmentEvent } from '#domain/environment/index.js';
import { encode } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';

const MINUTE = 60_000;

export interface Planted {
  readonly tenantId: string;
  readonly createdBy: string;
  readonly environments: number;
  readonly generations: number;
  readonly packages: number;
}

/** Writes environments with their generations, one a minute, into the log of a server that is down. */
export async function plantEnvironments(directory: string, planted: Planted): Promise<void> {
  const store = await openSqliteEventStore({ directory });
  const began = Date.now() - planted.environments * MINUTE;
  try {
    for (let index = 0; index < planted.environments; index += 1) {
      const environmentId = randomUUID();
      const name = `environment-${index}`;
      const nameReservation = environmentNameReservation(planted.tenantId, name);
      const at = began + index * MINUTE;
      const events = [...life(planted, { environmentId, name, nameReservation, index })].map((event) => stored(event, at));
      await store.append({
        stream: `environmentname-${nameReservation}`,
        expected: 'no_stream',
        events: [stored({ type: 'EnvironmentNameReserved', data: { reservation: nameReservation, environmentId } }, at)],
      });
      await store.append({ stream: `environment-${environmentId}`, expected: 'no_stream', events });
    }
  } finally {
    await store.close();
  }
}

interface Named {
  readonly environmentId: string;
  readonly name: string;
  readonly nameReservation: string;
  readonly index: number;
}

function* life({ tenantId, createdBy, generations, packages }: Planted, { index, ...named }: Named): Generator<EnvironmentEvent> {
  const { environmentId } = named;
  yield { type: 'EnvironmentCreated', data: { ...named, tenantId, createdBy } };
  for (let build = 1; build <= generations; build += 1) {
    const change = build === 1 ? { kind: 'create' as const, specs: ['python'], pip: [] } : { kind: 'install' as const, specs: [`package-${build}`] };
    yield { type: 'EnvironmentBuildRequested', data: { environmentId, tenantId, build, change, requestedBy: createdBy, behind: [] } };
    const lock = lockOf(index, build, packages);
    const hash = createHash('sha256').update(lockText(lock)).digest('hex');
    yield { type: 'EnvironmentBuilt', data: { environmentId, tenantId, build, backend: 'rattler', hash, lock, disk: 123_456_789, keptFrom: 1 } };
  }
}

function lockOf(index: number, build: number, count: number): Lock {
  const packages = Array.from({ length: count }, (_, each) => ({
    ...{ name: `package-${String(each).padStart(3, '0')}`, version: `${index}.${build}.${each}`, build: 'py_0', channel: 0, subdir: 'noarch' },
    ...{ sha256: 'a'.repeat(64), size: 100_000 },
  }));
  return { version: 1, platform: 'linux-64', python: '3.11.9', channels: ['https://conda.example/forge'], packages, pip: [] };
}

function stored(event: Parameters<typeof encode>[0], at: number): NewEvent {
  const id = randomUUID();
  return { id, ...encode(event, { $correlationId: id, $causationId: id, at, surface: 'conda', actor: 'anonymous' }) };
}
