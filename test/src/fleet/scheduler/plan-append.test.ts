import t from 'tap';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { plan } from '#domain/scheduling/index.js';
import { MAX_APPEND_BYTES, MAX_APPEND_EVENTS } from '#src/engine/event-store/index.js';
import { planRequest } from '#src/fleet/scheduler/plan-append.js';
import { job, World } from '../../../domain/scheduling/world.js';

const long = (length: number, mark: string): string => mark.repeat(length).slice(0, length);

function fits(t: { ok(value: unknown, message: string): unknown }, world: World): number {
  let appends = 0;
  for (;;) {
    const { events } = plan(world.state, { now: world.now });
    if (events.length === 0) return appends;
    appends += 1;
    const request = planRequest(events, world.state.planRevision, 'writer', world.now);
    const bytes = request.events.reduce(
      (sum, { type, data, metadata }) =>
        sum + Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata),
      0,
    );
    t.ok(
      bytes <= MAX_APPEND_BYTES && events.length <= MAX_APPEND_EVENTS,
      `${events.length} events, ${bytes} bytes`,
    );
    world.plan();
  }
}

void t.test('plans with the largest possible placements fit into an append', async (t) => {
  const world = new World();
  const names = Array.from({ length: 28 }, (_, index) => `${long(60, 'r')}${index}`);
  const resources = {
    cpu: 1_000_000,
    memory: 1_000_000,
    gpus: 1000,
    ...Object.fromEntries(names.map((name) => [name, Number.MAX_SAFE_INTEGER])),
  };
  for (let index = 0; index < 3; index += 1) world.node(`${long(97, 'n')}${index}`, { resources });
  const main: TaskGroup = {
    name: long(64, 'g'),
    count: 300,
    tasks: [
      {
        name: long(64, 't'),
        driver: 'exec',
        config: { command: 'x' },
        resources: {
          cpu: 1,
          memory: 1,
          gpus: 7,
          ...Object.fromEntries(names.map((name) => [name, 1_000_000_000_000])),
        },
      },
    ],
  };
  world.submit(long(100, 'j'), { task_groups: [main] });
  t.ok(fits(t, world) > 2);
  t.equal(world.live(long(100, 'j')).length, 300);
});

void t.test('plans with the longest reasons and triggers fit into an append', async (t) => {
  const world = new World();
  for (let index = 0; index < 70; index += 1)
    world.node(`n${index}`, { attributes: { zone: String(index) } });
  const task_groups: TaskGroup[] = Array.from({ length: 64 }, (_, group) => ({
    name: `${long(60, 'g')}${group}`,
    constraints: Array.from({ length: 64 }, (_, index) => ({
      attribute: 'zone',
      operator: '!=' as const,
      value: `${index}`,
    })).concat(),
    tasks: [
      {
        name: 'task',
        driver: 'docker',
        config: { image: 'x' },
        ports: [{ host: 1000 + group }],
        resources: { cpu: 100_000, memory: 100_000 },
      },
    ],
  }));
  const wide: JobSpecification = {
    task_groups: task_groups.map((group) => ({
      ...group,
      constraints: [],
    })),
    constraints: Object.fromEntries(
      Array.from({ length: 9 }, (_, index) => [
        `${long(90, '長')}${index}`,
        { operator: '=' as const, value: long(900, '値') },
      ]),
    ),
  };
  world.submit('many-filters', { task_groups });
  for (let index = 0; index < 600; index += 1)
    world.submit('wide', { ...wide, priority: index % 100 }, index === 0 ? 'JobSubmitted' : 'JobUpdated');
  t.ok(fits(t, world) > 1);
  t.strictSame(world.state.jobs.get('wide')?.pending, []);
});

void t.test('records the basis of a plan and the score of each placement', async (t) => {
  const world = new World();
  world.node('n').submit('j', { task_groups: [{ ...job().task_groups[0]!, count: 2 }] });
  world.settle();
  world.end('j');
  world.submit('k', job());
  const { events } = plan(world.state, { now: world.now });
  const request = planRequest(events, world.state.planRevision, 'writer', world.now, world.basis());
  const told = request.events.map(({ metadata }) => (JSON.parse(metadata) as { basis?: number }).basis);
  t.strictSame(
    told,
    [2, ...told.slice(1).map(() => undefined)],
    'only the first event has a basis: two events since the previous plan',
  );
  t.ok(told.length > 1);
  const placed = request.events.find(({ type }) => type === 'AllocationPlaced');
  t.match(JSON.parse(placed?.data ?? '{}'), { score: /^\d{1,4}$/ });
  t.notMatch(placed?.metadata, 'rules', 'the first version of the rules is not recorded');
  const unknown = planRequest(events, world.state.planRevision, 'writer', world.now);
  t.notMatch(unknown.events[0]?.metadata, 'basis');
});
