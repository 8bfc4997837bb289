import { dockerDriver } from '#domain/drivers/docker/index.js';
import { hostPortsOf } from '#domain/job/task-port.js';
import { volumesOf } from '#domain/job/volume.js';
import { tasksOfOrder, type AllocationOrder } from '#domain/protocol/index.js';

/** How an allocation uses one thing of its node that others may not use meanwhile. */
interface Use {
  /** `volume orders`, `GPU 0`, `port 8080`, `folder /srv/import`. */
  readonly thing: string;
  /** `alone`: one user at a time. `shared`: any number of users while none uses it alone. `own`: shared freely, but nothing starts in it while a former user is stopping. */
  readonly as: 'alone' | 'shared' | 'own';
}

/** Another allocation, as far as it can be in the way. */
export interface EarlierAllocation {
  readonly order: AllocationOrder | undefined;
  readonly stopping: boolean;
}

/** What an order uses of its node alone. */
export function usesOf(order: AllocationOrder): Use[] {
  const tasks = tasksOfOrder(order);
  const assigned = Object.values(order.ports ?? {}).flatMap((ports) => ports.map(({ host }) => host));
  return [
    ...volumesOf(tasks).map(({ name, writable }): Use => ({ thing: `volume ${name}`, as: writable ? 'alone' : 'shared' })),
    ...Object.values(order.gpu_devices ?? {}).flatMap((devices) => devices.map((device): Use => ({ thing: `GPU ${device}`, as: 'alone' }))),
    ...[...tasks.flatMap(hostPortsOf), ...assigned].map((port): Use => ({ thing: `port ${port}`, as: 'alone' })),
    ...tasks
      .flatMap(({ driver, config }) => (driver === dockerDriver.name ? [] : foldersOf(config)))
      .map((folder): Use => ({ thing: `folder ${folder}`, as: 'own' })),
  ];
}

/** The first thing that an earlier allocation has and that keeps an order with these uses from starting. */
export function inTheWay(uses: readonly Use[], { order, stopping }: EarlierAllocation): string | undefined {
  if (order === undefined || uses.length === 0) return undefined;
  const taken = new Map(usesOf(order).map(({ thing, as }) => [thing, as]));
  return uses.find(({ thing, as }) => {
    const other = taken.get(thing);
    if (other === undefined) return false;
    return as === 'own' ? stopping : as === 'alone' || other === 'alone';
  })?.thing;
}

/** Folders of the node that a process starts in, which its driver's config names. A folder of its own needs no name. */
function foldersOf(config: object): string[] {
  return ['work_dir', 'working_directory'].flatMap((field) => {
    const folder: unknown = Reflect.get(config, field);
    return typeof folder === 'string' ? [folder] : [];
  });
}
