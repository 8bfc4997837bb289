import { GPU_FAULT } from '#domain/drivers/start-fault.js';
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, hostname, platform, release, type } from 'node:os';
import { DEVICE_OK, deviceHealth, deviceUuid, type SeenDevice } from '#domain/nodes/devices.js';
import { FOREIGN_GPUS, FOREIGN_PROCESS_GPUS, type NodeAttributes } from '#domain/kernel/resources.js';
import type { Drivers, FoundDrivers } from '../drivers/drivers.js';
import { MUSTER_VERSION } from '../version.js';
import type { GpuTable } from './gpu-table.js';
import { wholeDevices, type GpuReader } from './gpus.js';
import { usableMemory } from './usable-memory.js';

export interface Fingerprint {
  /** Integers: `cpu` (1000 per core), `memory` and `disk` in MiB, and `gpus` if there are any. */
  readonly resources: Readonly<Record<string, number>>;
  readonly attributes: NodeAttributes;
  readonly drivers: FoundDrivers;
}

const MEBIBYTE = 1_048_576;
export const GPU_LIMIT_MS = 10_000;

export interface FingerprintParts {
  readonly dataDir: string;
  readonly drivers: Drivers;
  readonly gpuReader: GpuReader;
  readonly table: GpuTable;
  /** Names of the GPUs that allocations of this node have. */
  readonly ownGpus: ReadonlySet<string>;
  /**
   * GPU count that an operator configured. If it exceeds the number of cards, the attributes do not name any cards, because the count then refers to
   * something other than whole cards.
   */
  readonly setGpus: number | undefined;
}

/** Detects the machine's resources. Disk is the size of the whole file system, because free space shrinks with the tasks' own files. */
export async function takeFingerprint({
  dataDir,
  drivers,
  gpuReader,
  table,
  ownGpus,
  setGpus,
}: FingerprintParts): Promise<Fingerprint> {
  const [disk, gpus, found] = await Promise.all([
    statfs(dataDir),
    gpuReader.devices(GPU_LIMIT_MS),
    drivers.fingerprint(ownGpus),
  ]);
  const working = await table.see(gpus, ownGpus);
  table.declare(working);
  const isUsable = ({ health }: SeenDevice): boolean => health === DEVICE_OK;
  const fault = found.attributes[GPU_FAULT];
  const devices = working
    .map((each) => withHolder(each, found.attributes))
    .map((each) =>
      fault === undefined || !isUsable(each) || ownGpus.has(each.uuid)
        ? each
        : { ...each, health: String(fault) },
    );
  const usable = devices.filter(isUsable).length;
  const whole = devices.length === 0 ? wholeDevices(gpus) : usable;
  const named = setGpus !== undefined && setGpus > working.filter(isUsable).length ? [] : devices;
  const distribution = osRelease();
  return {
    resources: {
      cpu: availableParallelism() * 1000,
      memory: Math.floor(usableMemory() / MEBIBYTE),
      disk: Math.floor((disk.blocks * disk.bsize) / MEBIBYTE),
      ...(whole === 0 ? {} : { gpus: whole }),
    },
    attributes: {
      os: platform(),
      arch: arch(),
      kernel: release(),
      'kernel.name': type().toLowerCase(),
      'kernel.version': release(),
      hostname: hostname(),
      'cpu.arch': arch(),
      'cpu.cores': availableParallelism(),
      'cpu.model': cpus()[0]?.model ?? 'unknown',
      'muster.version': MUSTER_VERSION,
      'node.version': process.versions.node,
      ...Object.fromEntries(found.names.map((name) => [`driver.${name}`, true])),
      ...found.attributes,
      'os.type': platform(),
      ...(distribution.ID === undefined ? {} : { 'os.name': distribution.ID }),
      ...(distribution.VERSION_ID === undefined ? {} : { 'os.version': distribution.VERSION_ID }),
      ...(gpus[0] === undefined ? {} : { 'gpu.model': gpus[0].name, 'gpu.driver': gpus[0].driver_version }),
      ...(typeof gpus[0]?.memory_total_mb === 'number' ? { 'gpu.memory': gpus[0].memory_total_mb } : {}),
      ...Object.fromEntries(
        named.flatMap(({ index, uuid, health, fault }) => [
          [deviceUuid(index), uuid],
          [deviceHealth(index), health],
          ...(fault !== undefined && fault !== health ? [[`gpu.${index}.fault`, fault]] : []),
        ]),
      ),
    },
    drivers: found,
  };
}

const HOLDERS = { container: FOREIGN_GPUS, process: FOREIGN_PROCESS_GPUS };

/** A device that a container or a process of another node id holds cannot be allocated. */
function withHolder<Device extends SeenDevice>(device: Device, attributes: NodeAttributes): Device {
  const holders = Object.entries(HOLDERS).flatMap(([what, attribute]) => {
    const held = String(attributes[attribute] ?? '').split(' ');
    const nodes = held.flatMap((each) => {
      const [uuid, node = ''] = each.split('=');
      return uuid === device.uuid ? [node] : [];
    });
    return nodes.length === 0 ? [] : [`used by a ${what} of node ${nodes.join(', ')}`];
  });
  if (device.health !== DEVICE_OK || holders.length === 0) return device;
  return { ...device, health: holders.join('; ') };
}

function osRelease(): Readonly<Record<string, string | undefined>> {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return Object.fromEntries(
      [...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]),
    );
  } catch {
    return {};
  }
}
