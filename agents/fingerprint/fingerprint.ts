import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, hostname, platform, release, totalmem } from 'node:os';
import type Docker from 'dockerode';
import type { NodeAttributes } from '#domain/node/events.js';
import type { Cgroups } from '../drivers/exec/cgroup.js';
import { MUSTER_VERSION } from '../version.js';
import { wholeDevices, type GpuReader } from './gpus.js';

/** What a node is and has. */
export interface Fingerprint {
  /** Integers: cpu (1000 a core), memory and disk in MiB, gpus where there are any. */
  readonly resources: Readonly<Record<string, number>>;
  readonly attributes: NodeAttributes;
  readonly drivers: readonly string[];
}

const MEBIBYTE = 1_048_576;
/** A driver that was not used for a while takes seconds for each device. */
const GPU_LIMIT_MS = 10_000;

/**
 * Looks at the machine. Disk is the size of the whole file system and not what is free of it, which the tasks' own files
 * would shrink.
 */
export async function takeFingerprint(dataDir: string, docker: Docker, cgroups: Cgroups, gpuReader: GpuReader): Promise<Fingerprint> {
  const [disk, gpus, dockerVersion] = await Promise.all([statfs(dataDir), gpuReader.devices(GPU_LIMIT_MS), findDocker(docker)]);
  const whole = wholeDevices(gpus);
  const distribution = osRelease();
  return {
    resources: {
      cpu: availableParallelism() * 1000,
      memory: Math.floor(totalmem() / MEBIBYTE),
      disk: Math.floor((disk.blocks * disk.bsize) / MEBIBYTE),
      ...(whole === 0 ? {} : { gpus: whole }),
    },
    attributes: {
      os: platform(),
      arch: arch(),
      kernel: release(),
      hostname: hostname(),
      'cpu.cores': availableParallelism(),
      'cpu.model': cpus()[0]?.model ?? 'unknown',
      'muster.version': MUSTER_VERSION,
      'node.version': process.versions.node,
      'exec.isolation': cgroups.isolation,
      ...(distribution.ID === undefined ? {} : { 'os.name': distribution.ID }),
      ...(distribution.VERSION_ID === undefined ? {} : { 'os.version': distribution.VERSION_ID }),
      ...(dockerVersion === undefined ? {} : { 'docker.version': dockerVersion }),
      ...(gpus[0] === undefined ? {} : { 'gpu.model': gpus[0].name, 'gpu.driver': gpus[0].driver_version }),
      ...(typeof gpus[0]?.memory_total_mb === 'number' ? { 'gpu.memory': gpus[0].memory_total_mb } : {}),
    },
    drivers: dockerVersion === undefined ? ['exec'] : ['docker', 'exec'],
  };
}

/** The daemon's version if it answers within two seconds. */
export async function findDocker(docker: Docker): Promise<string | undefined> {
  // The types leave out the options that the client takes.
  const info = docker.info.bind(docker) as unknown as (options: { abortSignal: AbortSignal }) => Promise<{ ServerVersion?: unknown }>;
  try {
    const version = await info({ abortSignal: AbortSignal.timeout(2000) });
    return typeof version.ServerVersion === 'string' ? version.ServerVersion : 'unknown';
  } catch {
    return undefined;
  }
}

function osRelease(): Readonly<Record<string, string | undefined>> {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return Object.fromEntries([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, name, value]) => [name, value]));
  } catch {
    return {};
  }
}
