import { createHash, randomUUID } from 'node:crypto';
import { lockText, type Lock } from '#domain/drivers/conda/index.js';
import { environmentNameReservation, type EnvironmentEvent } from '#domain/environments/environment/index.js';
import { encode } from '#domain/event-types/index.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import type { TaskEvent } from '#domain/tasks/task/index.js';
import { plainTask } from '../../fixtures/plain-task.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';

/** Events of one append. */
const AT_ONCE = 100;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export interface Planted {
  readonly tenantId: string;
  readonly createdBy: string;
  readonly environments: number;
  readonly generations: number;
  readonly packages: number;
}

/** Writes environments with their generations, one environment a minute, into the log of a stopped server. Returns their ids. */
export async function plantEnvironments(directory: string, planted: Planted): Promise<readonly string[]> {
  const made: string[] = [];
  const store = await openSqliteEventStore({ directory });
  const began = Date.now() - planted.environments * MINUTE;
  try {
    for (let index = 0; index < planted.environments; index += 1) {
      const environmentId = randomUUID();
      const name = `environment-${index}`;
      const nameReservation = environmentNameReservation(planted.tenantId, name);
      const at = began + index * MINUTE;
      const events = [...life(planted, { environmentId, name, nameReservation, index })].map((event) =>
        stored(event, at),
      );
      await store.append({
        stream: `environmentname-${nameReservation}`,
        expected: 'no_stream',
        events: [
          stored(
            { type: 'EnvironmentNameReserved', data: { reservation: nameReservation, environmentId } },
            at,
          ),
        ],
      });
      await store.append({ stream: `environment-${environmentId}`, expected: 'no_stream', events });
      made.push(environmentId);
    }
    return made;
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

/** Writes tasks, assigned to the environments in turn, with one execution a second, into the log of a stopped server. */
export async function plantExecutions(
  directory: string,
  { tenantId, createdBy }: Pick<Planted, 'tenantId' | 'createdBy'>,
  environments: readonly string[],
  { tasks, executions }: { readonly tasks: number; readonly executions: number },
): Promise<void> {
  const store = await openSqliteEventStore({ directory });
  const began = Date.now() - tasks * executions * SECOND;
  try {
    for (let index = 0; index < tasks; index += 1) {
      const taskId = index + 1;
      const environmentId = environments[index % environments.length] ?? '';
      const from = began + index * executions * SECOND;
      const work = {
        executor: 'conda' as const,
        environmentId,
        called: 'environment',
        script: { content: "print('a script of a few lines')\n".repeat(10) },
      };
      const definition = plainTask(
        { name: `task-${taskId}`, work, timeoutSeconds: 0 },
        { pattern: '0 0 1 1 *' },
      );
      const created: TaskEvent = {
        type: 'TaskCreated',
        data: { taskId, nameReservation: randomUUID(), tenantId, createdBy, definition, timedFrom: from },
      };
      const events = [stored(created, from)];
      for (let run = 1; run <= executions; run += 1) {
        const at = from + run * SECOND;
        for (const event of execution({ taskId, run, tenantId, environmentId, at }))
          events.push(stored(event, at));
      }
      for (let first = 0; first < events.length; first += AT_ONCE)
        await store.append({
          stream: `task-${taskId}`,
          expected: first === 0 ? 'no_stream' : first - 1,
          events: events.slice(first, first + AT_ONCE),
        });
    }
  } finally {
    await store.close();
  }
}

interface Execution {
  readonly taskId: number;
  readonly run: number;
  readonly tenantId: string;
  readonly environmentId: string;
  readonly at: number;
}

function execution({ taskId, run, tenantId, environmentId, at }: Execution): readonly TaskEvent[] {
  const pin = {
    environmentId,
    generation: 3,
    lock: 'a'.repeat(64),
    backend: 'rattler' as const,
    platform: 'linux-64',
  };
  const seconds = { startedAt: at / 1000, endedAt: at / 1000 + (run % 50) / 10 };
  return [
    {
      type: 'TaskSlotDecided',
      data: {
        taskId,
        run,
        keptFrom: Math.max(1, run - 999),
        slot: at,
        decision: 'run',
        dueAt: at,
        attempts: 1,
        tenantId,
        pin,
      },
    },
    {
      type: 'TaskRunEnded',
      data: {
        taskId,
        run,
        outcome: run % 10 === 0 ? 'failed' : 'success',
        tenantId,
        execution: { environmentId, ...seconds },
      },
    },
  ];
}

function* life(
  { tenantId, createdBy, generations, packages }: Planted,
  { index, ...named }: Named,
): Generator<EnvironmentEvent> {
  const { environmentId } = named;
  yield { type: 'EnvironmentCreated', data: { ...named, tenantId, createdBy } };
  for (let build = 1; build <= generations; build += 1) {
    const change =
      build === 1
        ? { kind: 'create' as const, specs: ['python'], pip: [] }
        : { kind: 'install' as const, specs: [`package-${build}`] };
    yield {
      type: 'EnvironmentBuildRequested',
      data: { environmentId, tenantId, build, change, requestedBy: createdBy, behind: [] },
    };
    const lock = lockOf(index, build, packages);
    const hash = createHash('sha256').update(lockText(lock)).digest('hex');
    yield {
      type: 'EnvironmentBuilt',
      data: {
        environmentId,
        tenantId,
        build,
        backend: 'rattler',
        hash,
        lock,
        disk: 123_456_789,
        keptFrom: 1,
      },
    };
  }
}

function lockOf(index: number, build: number, count: number): Lock {
  const packages = Array.from({ length: count }, (_, each) => ({
    name: `package-${String(each).padStart(3, '0')}`,
    version: `${index}.${build}.${each}`,
    build: 'py_0',
    channel: 0,
    subdir: 'noarch',
    sha256: 'a'.repeat(64),
    size: 100_000,
  }));
  return {
    version: 1,
    platform: 'linux-64',
    python: '3.11.9',
    channels: ['https://conda.example/forge'],
    packages,
    pip: [],
  };
}

function stored(event: Parameters<typeof encode>[0], at: number): NewEvent {
  const id = randomUUID();
  return {
    id,
    ...encode(event, { $correlationId: id, $causationId: id, at, surface: 'conda', actor: 'anonymous' }),
  };
}
