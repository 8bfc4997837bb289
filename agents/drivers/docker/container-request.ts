import { availableParallelism } from 'node:os';
import type { ContainerCreateOptions, MountConfig } from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { TaskVolume } from '#domain/jobs/job/volume.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { shortLog, type Maker } from '../own-work.js';
import { gpuNamesOf, taskIdentity } from '../task-identity.js';
import { commandWords, CommandSyntaxError } from './command-words.js';

export const LABELS = {
  node: 'muster.node',
  allocation: 'muster.allocation',
  task: 'muster.task',
  job: 'muster.job',
  group: 'muster.group',
  epoch: 'muster.epoch',
  volume: 'muster.volume',
  incomplete: 'muster.incomplete',
  content: 'muster.content',
  /** On what exists only for a copy. Its value is the name of the volume. */
  copy: 'muster.copy',
  owner: 'muster.owner',
  log: 'muster.log',
} as const;

export const VISIBLE_DEVICES = 'NVIDIA_VISIBLE_DEVICES';
const NO_DEVICES = 'void';

const MEBIBYTE = 1_048_576;
const SMALLEST_MEMORY = 6 * MEBIBYTE;

/** Returns the daemon's name for a Muster volume. The prefix prevents tasks from mounting volumes that belong to other users of the daemon. */
export function daemonName(volume: string): string {
  return `muster.${volume}`;
}

/** The name is deterministic, so Docker refuses to create a second container for the same task. */
export function containerName({ allocationId, task }: TaskSpec): string {
  return `muster-${allocationId}-${task.name}`;
}

/**
 * Returns the name that the container has if the first one is taken by another log's task. Two logs may have the same allocation ids, because these are
 * derived from the names of jobs.
 */
export function secondName(spec: TaskSpec): string | undefined {
  return spec.log === undefined ? undefined : `${containerName(spec)}-${shortLog(spec.log)}`;
}

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Returns who made a container, volume or network. Without labels, it was not Muster. */
export function makerOf(labels: Labels): Maker {
  const log = labels?.[LABELS.log];
  return { node: labels?.[LABELS.node], log: log === '' ? undefined : log };
}

/** Returns the labels of what an agent makes. The log's is empty if it is unknown, because a container has the labels of its image too. */
export function makerLabels(nodeId: string, log: string | undefined): Record<string, string> {
  return { [LABELS.node]: nodeId, [LABELS.log]: log ?? '' };
}

/**
 * Builds the request to create a task's container. Only Muster's named volumes are mounted. The container has no host namespaces or new privileges,
 * fewer capabilities than by default (no raw sockets or device nodes), a process limit, and rotated logs.
 */
export function containerRequest(
  spec: TaskSpec<DockerConfig>,
  exposedPorts: readonly string[],
  publishHost: string,
): ContainerCreateOptions {
  const { task, config } = spec;
  const { cpu, memory } = task.resources ?? {};
  const published = publishedPorts(spec, exposedPorts);
  const volumes = task.volumes ?? [];
  const memoryBytes =
    memory === undefined || memory === 0 ? undefined : Math.max(SMALLEST_MEMORY, memory * MEBIBYTE);
  const words = programWords(spec);
  return {
    name: containerName(spec),
    Image: config.image,
    ...(words === undefined ? {} : { Cmd: words }),
    Env: Object.entries({ ...task.env, ...visibleDevices(spec), ...taskIdentity(spec, published) }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    ...(config.work_dir === undefined ? {} : { WorkingDir: config.work_dir }),
    ...(config.user === undefined ? {} : { User: config.user }),
    Tty: config.tty ?? false,
    OpenStdin: config.open_stdin ?? false,
    ...(published.length === 0
      ? {}
      : { ExposedPorts: Object.fromEntries(published.map(({ container }) => [`${container}/tcp`, {}])) }),
    Labels: {
      ...makerLabels(spec.nodeId, spec.log),
      [LABELS.allocation]: spec.allocationId,
      [LABELS.task]: task.name,
      [LABELS.job]: spec.jobId,
      [LABELS.group]: spec.group,
      [LABELS.epoch]: String(spec.epoch ?? ''),
      // A container has the labels of its image, too, which must not name another tenant's volume.
      [LABELS.copy]: '',
    },
    HostConfig: {
      ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
      ...(config.shm_size === undefined ? {} : { ShmSize: config.shm_size * MEBIBYTE }),
      ...(cpu === undefined || cpu === 0
        ? {}
        : { NanoCpus: Math.min(availableParallelism() * 1e9, Math.max(1e7, cpu * 1e6)) }),
      ...(published.length === 0 ? {} : { PortBindings: bindings(published, publishHost) }),
      ...(volumes.length === 0 ? {} : { Mounts: volumes.map(mountOf) }),
      ...(spec.gpuDevices.length === 0
        ? {}
        : { DeviceRequests: [{ Driver: '', DeviceIDs: gpuNamesOf(spec), Capabilities: [['gpu']] }] }),
      // What the daemon holds until the agent has copied it to the log of the task.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10485760', 'max-file': '5' } },
      CapDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 8192,
      Privileged: false,
      RestartPolicy: { Name: 'no' },
    },
  };
}

/** Adds the network that the container joins, and its additional name there. */
export function onNetwork(
  request: ContainerCreateOptions,
  network: string,
  name: string | undefined,
): ContainerCreateOptions {
  return {
    ...request,
    HostConfig: { ...request.HostConfig, NetworkMode: network },
    ...(name !== undefined && {
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
    }),
  };
}

/** NVIDIA's runtime, if it is the default, assigns devices by this variable. CUDA images set it to `all`, so always set it to the task's devices. */
function visibleDevices(spec: TaskSpec): Readonly<Record<string, string>> {
  return { [VISIBLE_DEVICES]: spec.gpuDevices.length === 0 ? NO_DEVICES : gpuNamesOf(spec).join(',') };
}

/**
 * Returns published ports: first those that the task names, then those that the scheduler assigned. The container port of a named port is the
 * configured port, or else the image's only exposed TCP port, or else the host port number.
 */
export function publishedPorts(
  { task, assignedPorts = [] }: TaskSpec,
  exposedPorts: readonly string[],
): AssignedPort[] {
  const tcp = exposedPorts.filter((each) => each.endsWith('/tcp'));
  const only = tcp.length === 1 ? Number.parseInt(tcp[0] ?? '', 10) : undefined;
  const named = (task.ports ?? []).flatMap(({ host, container }) =>
    host === undefined ? [] : [{ container: container ?? only ?? host, host }],
  );
  return [...named, ...assignedPorts];
}

function bindings(
  published: readonly AssignedPort[],
  publishHost: string,
): Record<string, { HostIp: string; HostPort: string }[]> {
  const bound: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { container, host } of published)
    (bound[`${container}/tcp`] ??= []).push({ HostIp: publishHost, HostPort: String(host) });
  return bound;
}

function mountOf({ name, path, read_only = false }: TaskVolume): MountConfig[number] {
  return { Type: 'volume', Source: daemonName(name), Target: path, ReadOnly: read_only };
}

/** Overrides the image's entrypoint. Undefined if the image's own entrypoint is used. */
function programWords({ config: { command, args } }: TaskSpec<DockerConfig>): string[] | undefined {
  if (command === undefined && args === undefined) return undefined;
  try {
    return [...(command === undefined ? [] : commandWords(command)), ...(args ?? [])];
  } catch (error) {
    if (error instanceof CommandSyntaxError) throw new TaskStartError(error.message, { cause: error });
    throw error;
  }
}
