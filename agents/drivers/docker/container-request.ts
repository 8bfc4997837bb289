import { availableParallelism } from 'node:os';
import type { ContainerCreateOptions } from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import { DEFAULT_LOG_BOUNDS } from '../../logs/rotated-log.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { taskIdentity } from '../task-identity.js';
import { commandWords, CommandSyntaxError } from './command-words.js';

/** Labels by which an agent finds its containers again. */
export const LABELS = {
  node: 'muster.node',
  allocation: 'muster.allocation',
  task: 'muster.task',
  job: 'muster.job',
  group: 'muster.group',
  epoch: 'muster.epoch',
} as const;

const MEBIBYTE = 1_048_576;
/** Docker takes no less. */
const SMALLEST_MEMORY = 6 * MEBIBYTE;

/** One container for one task, however often it is asked for: Docker refuses a second of the same name. */
export function containerName(spec: TaskSpec): string {
  return `muster-${spec.allocationId}-${spec.task.name}`;
}

/**
 * What is asked of Docker for a task. No mounts of the host, no host namespaces, no new privileges, fewer capabilities
 * than Docker's default (raw sockets, device nodes and the like are gone), a bound on processes, logs that rotate.
 */
export function containerRequest(spec: TaskSpec<DockerConfig>, exposedPorts: readonly string[], publishHost: string): ContainerCreateOptions {
  const { task, config } = spec;
  const { cpu, memory } = task.resources ?? {};
  const published = publishedPort(spec, exposedPorts);
  const memoryBytes = memory === undefined || memory === 0 ? undefined : Math.max(SMALLEST_MEMORY, memory * MEBIBYTE);
  const words = programWords(spec);
  return {
    name: containerName(spec),
    Image: config.image,
    ...(words === undefined ? {} : { Cmd: words }),
    Env: Object.entries({ ...task.env, ...visibleDevices(spec), ...taskIdentity(spec, published) }).map(([name, value]) => `${name}=${value}`),
    ...(config.work_dir === undefined ? {} : { WorkingDir: config.work_dir }),
    ...(config.user === undefined ? {} : { User: config.user }),
    Tty: config.tty ?? false,
    OpenStdin: config.open_stdin ?? false,
    ...(published === undefined ? {} : { ExposedPorts: { [`${published}/tcp`]: {} } }),
    Labels: {
      [LABELS.node]: spec.nodeId,
      [LABELS.allocation]: spec.allocationId,
      [LABELS.task]: task.name,
      [LABELS.job]: spec.jobId,
      [LABELS.group]: spec.group,
      [LABELS.epoch]: String(spec.epoch ?? ''),
    },
    HostConfig: {
      ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
      ...(cpu === undefined || cpu === 0 ? {} : { NanoCpus: Math.min(availableParallelism() * 1e9, Math.max(1e7, cpu * 1e6)) }),
      ...(published === undefined ? {} : { PortBindings: { [`${published}/tcp`]: [{ HostIp: publishHost, HostPort: String(task.ports?.[0]?.host) }] } }),
      ...(spec.gpuDevices.length === 0 ? {} : { DeviceRequests: [{ Driver: '', DeviceIDs: spec.gpuDevices.map(String), Capabilities: [['gpu']] }] }),
      LogConfig: { Type: 'json-file', Config: { 'max-size': String(DEFAULT_LOG_BOUNDS.maxBytes), 'max-file': String(DEFAULT_LOG_BOUNDS.maxFiles) } },
      CapDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 8192,
      Privileged: false,
      RestartPolicy: { Name: 'no' },
    },
  };
}

/**
 * On a host whose default runtime is NVIDIA's this variable, which CUDA's images set to `all`, hands out devices: it names the task's own,
 * whatever image and task say.
 */
function visibleDevices({ gpuDevices }: TaskSpec): Readonly<Record<string, string>> {
  return { NVIDIA_VISIBLE_DEVICES: gpuDevices.length === 0 ? 'void' : gpuDevices.join(',') };
}

/** The port in the container behind the task's host port: as told, else the image's only exposed TCP port, else the same number. */
export function publishedPort(spec: TaskSpec, exposedPorts: readonly string[]): number | undefined {
  const { host: port, container: told } = spec.task.ports?.[0] ?? {};
  if (port === undefined) return undefined;
  if (told !== undefined) return told;
  const tcp = exposedPorts.filter((each) => each.endsWith('/tcp'));
  return tcp.length === 1 ? Number.parseInt(tcp[0] ?? '', 10) : port;
}

/** Words for the image's entrypoint; `undefined`: the image's own. */
function programWords({ config: { command, args } }: TaskSpec<DockerConfig>): string[] | undefined {
  if (command === undefined && args === undefined) return undefined;
  try {
    return [...(command === undefined ? [] : commandWords(command)), ...(args ?? [])];
  } catch (error) {
    if (error instanceof CommandSyntaxError) throw new TaskStartError(error.message, { cause: error });
    throw error;
  }
}
