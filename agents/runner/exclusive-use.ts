import { dockerDriver } from '#domain/drivers/docker/index.js';
import { hostPortsOf } from '#domain/jobs/job/task-port.js';
import { volumesOf } from '#domain/jobs/job/volume.js';
import { tasksOfOrder, type AllocationOrder } from '#domain/protocol/index.js';

/** How an allocation uses one resource of its node. */
interface Use {
  /** `volume orders`, `GPU 0`, `port 8080`, `folder /srv/import`. */
  readonly thing: string;
  /**
   * `alone`: one user at a time. `shared`: many users while none uses it alone. `own`: shared freely, but nothing starts in it while an earlier user
   * is stopping.
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
      .map((folder): Use => ({ thing: `folder ${folder}`, as: 'own' })),
  ];
}

/** Returns the first resource of an earlier allocation that keeps this order from starting. */
export function inTheWay(uses: readonly Use[], { order, stopping }: EarlierAllocation): string | undefined {
  if (order === undefined || uses.length === 0) return undefined;
  const taken = new Map(usesOf(order).map(({ thing, as }) => [thing, as]));
  return uses.find(({ thing, as }) => {
    const other = taken.get(thing);
    if (other === undefined) return false;
    return as === 'own' ? stopping : as === 'alone' || other === 'alone';
  })?.thing;
}

function foldersOf(config: object): string[] {
  return ['work_dir', 'working_directory'].flatMap((field) => {
    const folder: unknown = Reflect.get(config, field);
    return typeof folder === 'string' ? [folder] : [];
  });
}
