import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeSync } from 'node:fs';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { textOf } from '../../platform/files/file-text.js';
import { hasCode } from '../../platform/error-code.js';

export interface TaskLimits {
  readonly cpu?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Maximum number of concurrent processes and threads. Enforced if {@link Cgroups.limitsProcesses} is true. */
  readonly processes?: number | undefined;
}

export interface CgroupUsage {
  readonly cpuSeconds?: number | undefined;
  /** Memory that cannot be reclaimed. It does not include the page cache. */
  readonly memoryBytes?: number | undefined;
  readonly memoryPeakBytes?: number | undefined;
  /** Number of processes that the kernel killed because of the memory limit. */
  readonly outOfMemoryKills: number;
}

export interface TaskCgroup {
  readonly joinFiles: readonly string[];
  /** @param before the usage some time ago: it holds still if the processes took no processor time since, and then saves most of the reading */
  usage(before?: CgroupUsage): CgroupUsage;
  processes(): number[];
  remove(): Promise<boolean>;
}

/** How processes are limited on this host. With `none`, they are only measured. */
export interface Cgroups {
  readonly isolation: 'cgroup-v1' | 'cgroup-v2' | 'none';
  readonly limitsProcesses: boolean;
  group(name: string, limits: TaskLimits): Promise<TaskCgroup | undefined>;
  find(name: string): TaskCgroup | undefined;
  names(): Promise<string[]>;
}

const CORES = availableParallelism();

const NO_CGROUPS: Cgroups = {
  isolation: 'none',
  limitsProcesses: false,
  group: () => Promise.resolve(undefined),
  find: () => undefined,
  names: () => Promise.resolve([]),
};

/**
 * Determines by trial what this process can do. Version 1 requires memory, cpu and cpuacct; version 2 requires the memory and cpu controllers below a
 * Muster group. Groups are at `/muster/<owner>/` below the mount, and not in the agent's own group, because a service manager empties that one when
 * the agent ends.
 */
export function detectCgroups(owner: string, mountsFile = '/proc/mounts'): Promise<Cgroups> {
  // Several drivers detect concurrently. If they did not share the result, one of them would remove another's trial group.
  const known = DETECTED.get(`${owner} ${mountsFile}`) ?? detect(owner, mountsFile);
  DETECTED.set(`${owner} ${mountsFile}`, known);
  return known;
}

const DETECTED = new Map<string, Promise<Cgroups>>();

async function detect(owner: string, mountsFile: string): Promise<Cgroups> {
  const mounts = readMounts(mountsFile);
  for (const candidate of [versionOne(mounts, owner), await versionTwo(mounts, owner)]) {
    if (candidate !== undefined && (await works(candidate))) return candidate;
  }
  return NO_CGROUPS;
}

async function works(cgroups: Cgroups): Promise<boolean> {
  try {
    const probe = await cgroups.group('.probe', { cpu: 100, memoryBytes: 67_108_864 });
    return (await probe?.remove()) === true;
  } catch {
    return false;
  }
}

export interface Mount {
  readonly directory: string;
  readonly type: string;
  readonly options: readonly string[];
}

function readMounts(file: string): Mount[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, directory = '', type = '', options = '']) => ({ directory, type, options: options.split(',') }));
}

function versionOne(mounts: readonly Mount[], owner: string): Cgroups | undefined {
  const mountOf = (controller: string): string | undefined =>
    mounts.find((each) => each.type === 'cgroup' && each.options.includes(controller))?.directory;
  const roots = { memory: mountOf('memory'), cpu: mountOf('cpu'), cpuacct: mountOf('cpuacct') };
  const { memory, cpu, cpuacct } = roots;
  if (memory === undefined || cpu === undefined || cpuacct === undefined) return undefined;
  const pids = countsIn(mountOf('pids'), owner);
  const open = (name: string): TaskCgroup => {
    const below = path.join('muster', owner, name);
    const [memoryGroup, cpuGroup, accountGroup] = [
      path.join(memory, below),
      path.join(cpu, below),
      path.join(cpuacct, below),
    ];
    const directories = [
      ...new Set([
        memoryGroup,
        cpuGroup,
        accountGroup,
        ...(pids === undefined ? [] : [path.join(pids, below)]),
      ]),
    ];
    return {
      // A single thread that moves itself through `tasks` avoids the global fork lock that `cgroup.procs` takes (kernel/cgroup/cgroup.c).
      joinFiles: directories.map((directory) => path.join(directory, 'tasks')),
      usage: (before) => {
        const cpuSeconds = scaled(numberIn(path.join(accountGroup, 'cpuacct.usage')), 1e9);
        if (isIdleSince(before, cpuSeconds)) return before;
        return {
          cpuSeconds,
          memoryBytes: keyed(path.join(memoryGroup, 'memory.stat'), 'total_rss'),
          memoryPeakBytes: numberIn(path.join(memoryGroup, 'memory.max_usage_in_bytes')),
          outOfMemoryKills: keyed(path.join(memoryGroup, 'memory.oom_control'), 'oom_kill') ?? 0,
        };
      },
      processes: () => listOfNumbers(path.join(memoryGroup, 'cgroup.procs')),
      remove: () => removeGroups(directories),
    };
  };
  return {
    isolation: 'cgroup-v1',
    limitsProcesses: pids !== undefined,
    async group(name, limits) {
      const below = path.join('muster', owner, name);
      const roots = new Set([memory, cpu, cpuacct, ...(pids === undefined ? [] : [pids])]);
      await Promise.all([...roots].map((root) => mkdir(path.join(root, below), { recursive: true })));
      if (pids !== undefined && limits.processes !== undefined)
        writeControl(path.join(pids, below, 'pids.max'), limits.processes);
      if (limits.memoryBytes !== undefined) {
        writeControl(path.join(memory, below, 'memory.limit_in_bytes'), limits.memoryBytes);
        const withSwap = path.join(memory, below, 'memory.memsw.limit_in_bytes');
        if (existsSync(withSwap)) writeControl(withSwap, limits.memoryBytes);
      }
      // 1024 shares equal one core (cgroup-v1/cpu). The parent groups get the weight of the whole machine. Otherwise all tasks together would get no
      // more CPU time than a single process outside.
      for (const above of [path.join(cpu, 'muster'), path.join(cpu, 'muster', owner)])
        writeControl(path.join(above, 'cpu.shares'), 1024 * CORES);
      if (limits.cpu !== undefined)
        writeControl(
          path.join(cpu, below, 'cpu.shares'),
          Math.min(262_144, Math.max(2, Math.round((limits.cpu * 1024) / 1000))),
        );
      return open(name);
    },
    find: (name) => (existsSync(path.join(memory, 'muster', owner, name)) ? open(name) : undefined),
    names: () => groupsIn(path.join(memory, 'muster', owner)),
  };
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value / unit;
}

function isIdleSince(before: CgroupUsage | undefined, cpuSeconds: number | undefined): before is CgroupUsage {
  return cpuSeconds !== undefined && before?.cpuSeconds === cpuSeconds;
}

function countsIn(root: string | undefined, owner: string): string | undefined {
  if (root === undefined) return undefined;
  const probe = path.join(root, 'muster', owner, '.count-probe');
  try {
    mkdirSync(probe, { recursive: true });
    writeControl(path.join(probe, 'pids.max'), 64);
    rmdirSync(probe);
    return root;
  } catch {
    return undefined;
  }
}

export async function versionTwo(mounts: readonly Mount[], owner: string): Promise<Cgroups | undefined> {
  const root = mounts.find((each) => each.type === 'cgroup2')?.directory;
  if (
    root === undefined ||
    !(textOf(path.join(root, 'cgroup.controllers')) ?? '').split(/\s/).includes('memory')
  )
    return undefined;
  const base = path.join(root, 'muster', owner);
  const limitsProcesses = (textOf(path.join(root, 'cgroup.controllers')) ?? '').split(/\s/).includes('pids');
  try {
    await mkdir(base, { recursive: true });
    for (const directory of [root, path.join(root, 'muster'), base]) {
      writeControl(
        path.join(directory, 'cgroup.subtree_control'),
        limitsProcesses ? '+memory +cpu +pids' : '+memory +cpu',
      );
      // As in version 1, the parent groups get the weight of the whole machine.
      if (directory !== root) writeControl(path.join(directory, 'cpu.weight'), Math.min(10_000, 100 * CORES));
    }
  } catch {
    return undefined;
  }
  const open = (name: string): TaskCgroup => {
    const directory = path.join(base, name);
    return {
      joinFiles: [path.join(directory, 'cgroup.procs')],
      usage: (before) => {
        const cpuSeconds = scaled(keyed(path.join(directory, 'cpu.stat'), 'usage_usec'), 1e6);
        if (isIdleSince(before, cpuSeconds)) return before;
        return {
          cpuSeconds,
          memoryBytes: keyed(path.join(directory, 'memory.stat'), 'anon'),
          // Available since Linux 5.19. On older kernels, samples are used instead.
          memoryPeakBytes: numberIn(path.join(directory, 'memory.peak')),
          outOfMemoryKills: keyed(path.join(directory, 'memory.events'), 'oom_kill') ?? 0,
        };
      },
      processes: () => listOfNumbers(path.join(directory, 'cgroup.procs')),
      remove: () => removeGroups([directory]),
    };
  };
  return {
    isolation: 'cgroup-v2',
    limitsProcesses,
    async group(name, limits) {
      const directory = path.join(base, name);
      await mkdir(directory, { recursive: true });
      if (limits.memoryBytes !== undefined) {
        writeControl(path.join(directory, 'memory.max'), limits.memoryBytes);
        const swap = path.join(directory, 'memory.swap.max');
        if (existsSync(swap)) writeControl(swap, 0);
      }
      if (limitsProcesses && limits.processes !== undefined)
        writeControl(path.join(directory, 'pids.max'), limits.processes);
      // 100 is the default weight of a group, and here it represents one core.
      if (limits.cpu !== undefined)
        writeControl(
          path.join(directory, 'cpu.weight'),
          Math.min(10_000, Math.max(1, Math.round(limits.cpu / 10))),
        );
      return open(name);
    },
    find: (name) => (existsSync(path.join(base, name)) ? open(name) : undefined),
    names: () => groupsIn(base),
  };
}

/** Uses a single write(2), because control files accept a value only as a whole. Never creates the file. */
function writeControl(file: string, value: number | string): void {
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, String(value));
  } finally {
    closeSync(descriptor);
  }
}

function numberIn(file: string): number | undefined {
  const text = textOf(file)?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function keyed(file: string, key: string): number | undefined {
  const line = textOf(file)
    ?.split('\n')
    .find((each) => each.startsWith(`${key} `));
  return line === undefined ? undefined : Number(line.slice(key.length + 1));
}

function listOfNumbers(file: string): number[] {
  return (textOf(file) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}

/** Groups are removed one at a time, so that at most one thread is blocked. The kernel needs milliseconds per group. */
let removals: Promise<unknown> = Promise.resolve();

function removeGroups(directories: readonly string[]): Promise<boolean> {
  const removal = removals.then(async () => {
    let gone = true;
    for (const directory of directories) gone = (await removeGroup(directory)) && gone;
    return gone;
  });
  removals = removal.catch(() => undefined);
  return removal;
}

/** Returns whether the group no longer exists. Subgroups that a task created are removed first. */
async function removeGroup(directory: string): Promise<boolean> {
  try {
    for (const name of await groupsIn(directory)) await removeGroup(path.join(directory, name));
    await rmdir(directory);
    return true;
  } catch (error) {
    return hasCode(error, 'ENOENT');
  }
}

async function groupsIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
