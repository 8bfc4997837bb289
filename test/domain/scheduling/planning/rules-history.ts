import { NO_QUOTAS, type DefaultLimits } from '#domain/accounts/quota/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import { only, types, World } from '../world.js';

/** Tenants may hold half of the processors. */
export const QUOTAS: DefaultLimits = { ...NO_QUOTAS, cpu: { tenant: '50%', account: '50%' } };
const TENANT: JobOwner = { surface: 'tasks', tenant: 'tenant', principal: 'ann' };

interface Wish {
  readonly cpu?: number;
  readonly gpus?: number;
  readonly slots?: number;
  readonly ports?: readonly object[];
  readonly volumes?: readonly object[];
  readonly group?: Partial<TaskGroup>;
  readonly priority?: number;
}

/** A job with one group of one container. */
function container({ cpu = 200, gpus, slots, ports, volumes, group, priority }: Wish): JobSpecification {
  const resources = {
    cpu,
    memory: 200,
    ...(gpus !== undefined && { gpus }),
    ...(slots !== undefined && { slots }),
  };
  const task = {
    name: 'main',
    driver: 'docker',
    config: { image: 'x' },
    resources,
    ...(ports !== undefined && { ports }),
    ...(volumes !== undefined && { volumes }),
  };
  return {
    task_groups: [{ name: 'main', tasks: [task], ...group }],
    ...(priority !== undefined && { priority }),
  } as JobSpecification;
}

/**
 * A cluster that places services, spread instances, batch work, jobs with GPUs, with fixed and assigned ports, with
 * volumes, with constraints, under quotas and by priority, and then drains and loses nodes. It is the same each time.
 */
export function liveThrough(): World {
  const world = new World();
  world.quotas = QUOTAS;
  const node = (id: string, cpu: number, gpus: number, zone: string): void => {
    const resources = { cpu, memory: 4000, gpus, slots: 20 };
    const attributes = { zone, [ASSIGNS_PORTS]: true, [MOUNTS_VOLUMES]: zone === 'a' };
    world.node(id, { resources, attributes });
  };
  const submit = (id: string, wish: Wish, owner?: JobOwner): void => {
    world.submit(id, container(wish), 'JobSubmitted', owner);
    world.after(1000).settle();
  };
  const end = (id: string, type: 'AllocationCompleted' | 'AllocationFailed' | 'AllocationStopped'): void => {
    for (const allocation of world.live(id)) world.report(allocation, type);
    world.after(1000).settle();
  };
  for (const [index, cpu] of [1000, 2000, 3000, 4000].entries())
    node(`n${index}`, cpu, index % 2 === 0 ? 0 : 2, index < 2 ? 'a' : 'b');
  world.settle();

  submit('service', {});
  submit('spread', { group: { count: 6 } });
  submit('batch', { group: { count: 3, restart: { attempts: 0, delay: 0, mode: 'fail' } } });
  submit('gpu', { gpus: 1, group: { count: 3 } });
  submit('fixed-port', { ports: [{ host: 8080 }], group: { count: 2 } });
  submit('assigned-port', { ports: [{ container: 80, dynamic: true }], group: { count: 2 } });
  submit('preferred-port', { ports: [{ container: 80, dynamic: true, prefer: 20_005 }] });
  submit('writer', { volumes: [{ name: 'orders', path: '/data' }] });
  submit('reader', { volumes: [{ name: 'orders', path: '/data', read_only: true }] });
  submit('zone', { group: { constraints: [{ attribute: 'zone', operator: '=', value: 'b' }] } });
  submit('slots', { slots: 15, group: { count: 2 } });
  submit('tenant', { cpu: 900, group: { count: 6 } }, TENANT);
  end('batch', 'AllocationCompleted');

  // Both jobs wait. The urgent one is placed first once capacity is free.
  submit('large', { cpu: 2500, gpus: 1, priority: 20 });
  submit('urgent', { cpu: 2500, gpus: 1, priority: 90 });
  world.end('gpu');
  world.settle();
  end('gpu', 'AllocationStopped');
  end('service', 'AllocationFailed');
  world.submit('spread', container({ cpu: 300, group: { count: 4 } }), 'JobUpdated');
  world.after(1000).settle();
  end('spread', 'AllocationStopped');

  world.give({ type: 'NodeDrainStarted', data: { nodeId: 'n2' } });
  world.after(1000).settle();
  for (const { allocationId, nodeId } of world.heldAllocations())
    if (nodeId === 'n2') world.report(allocationId, 'AllocationStopped');
  world.after(60_000).settle();
  world.down('n1');
  world.after(60_000).settle();
  node('n4', 4000, 4, 'a');
  world.after(60_000).settle();
  return world;
}

/** The kinds of decision that the history must contain, so that each part of the rules is replayed. */
export function kindsOf(world: World): Readonly<Record<string, boolean>> {
  const events = world.log as unknown as Parameters<typeof only>[0];
  const placed = only(events, 'AllocationPlaced');
  const reasons = only(events, 'EvaluationBlocked').flatMap(({ reasons: by }) => Object.values(by));
  return {
    gpus: placed.some(({ gpuDevices }) => gpuDevices !== undefined),
    'fixed ports': placed.some(
      ({ ports, assignedPorts }) => ports !== undefined && assignedPorts === undefined,
    ),
    'assigned ports': placed.some(({ assignedPorts }) => assignedPorts !== undefined),
    volumes: placed.some(({ volumes }) => volumes !== undefined),
    quotas: reasons.some(({ quota }) => quota !== undefined),
    filters: reasons.some(({ filtered }) => Object.keys(filtered).length > 0),
    shortages: reasons.some(({ short }) => Object.keys(short).length > 0),
    spread: placed.filter(({ jobId }) => jobId === 'spread').length > 6,
    drains: types(events).includes('AllocationStopRequested'),
    losses: only(events, 'AllocationReleased').some(({ outcome }) => outcome === 'lost'),
  };
}
