import { dockerDriver } from '#domain/drivers/docker/index.js';
import { hostPortsOf } from '#domain/jobs/job/task-port.js';
import { volumesOf } from '#domain/jobs/job/volume.js';
import { tasksOfOrder, type AllocationOrder } from '#domain/protocol/index.js';

interface Use {
  readonly thing: string;
  /**
   * `alone`: one user at a time. `shared`: many users while no user has it alone. `own`: shared freely, but nothing starts in it while an earlier
   * user is stopping.
   */
  readonly as: 'alone' | 'shared' | 'own';
}

export interface EarlierAllocation {
  readonly order: AllocationOrder | undefined;
  readonly stopping: boolean;
}

export function usesOf(order: AllocationOrder): Use[] {
  const tasks = tasksOfOrder(order);
  const assigned = Object.values(order.ports ?? {}).flatMap((ports) => ports.map(({ host }) => host));
  return [
    ...volumesOf(tasks).map(({ name, writable }): Use => ({
      thing: `volume ${name}`,
      as: writable ? 'alone' : 'shared',
    })),
    ...Object.values(order.gpu_devices ?? {}).flatMap((devices) =>
      devices.map((device): Use => ({ thing: `GPU ${device}`, as: 'alone' })),
    ),
    ...[...tasks.flatMap(hostPortsOf), ...assigned].map((port): Use => ({
      thing: `port ${port}`,
      as: 'alone',
    })),
    ...tasks
      .flatMap(({ driver, config }) => (driver === dockerDriver.name ? [] : foldersOf(config)))
      .map((thing): Use => ({ thing, as: 'own' })),
  ];
}

export function inTheWay(uses: readonly Use[], { order, stopping }: EarlierAllocation): string | undefined {
  if (order === undefined || uses.length === 0) return undefined;
  const taken = new Map(usesOf(order).map(({ thing, as }) => [thing, as]));
  return uses.find(({ thing, as }) => {
    const other = taken.get(thing);
    if (other === undefined) return false;
    return as === 'own' ? stopping : as === 'alone' || other === 'alone';
  })?.thing;
}

/** A tenant waits only for its own tasks, because any tenant could name a folder that others use, and stop slowly. */
function foldersOf(config: object): string[] {
  const tenant = tenantIn(config);
  const whose = tenant === undefined ? '' : ` of ${tenant}`;
  return ['work_dir', 'working_directory'].flatMap((field) => {
    const folder: unknown = Reflect.get(config, field);
    return typeof folder === 'string' ? [`folder ${folder}${whose}`] : [];
  });
}

/** Returns the tenant as whose user a process runs. */
export function tenantIn(config: unknown): string | undefined {
  const has = typeof config === 'object' && config !== null && 'tenant' in config;
  return has && typeof config.tenant === 'string' ? config.tenant : undefined;
}
