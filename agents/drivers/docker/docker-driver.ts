import path from 'node:path';
import type Docker from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import {
  ASSIGNS_PORTS,
  COPIES_VOLUMES,
  MOUNTS_VOLUMES,
  PULLS_ONLY,
  type NodeAttributes,
} from '#domain/kernel/resources.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { LogQuery } from '#domain/protocol/agent-channel.js';
import type { VolumeCopyOrder } from '#domain/protocol/index.js';
import type { RunningCommand } from '../../checks/reach.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { readLog } from '../../logs/follow.js';
import { OpenLogs } from '../../logs/open-logs.js';
import type { LogBounds } from '../../logs/rotated-log.js';
import type { TenantUsers } from '../../users/tenant-users.js';
import {
  type IsKnown,
  type StartedTask,
  type TaskDriver,
  TaskRefusedError,
  type TaskSpec,
  TaskStartError,
} from '../driver.js';
import type { Targets } from '../http/index.js';
import { OwnWork } from '../own-work.js';
import { usagePointsOf } from '../usage.js';
import { containerAddress } from './container-address.js';
import { ClosedBridges } from './closed-bridges.js';
import { ContainerDisk, type ContainerDiskOptions } from './container-disk.js';
import { FILES_COUNTED, filesCounted } from './container-files.js';
import { ContainerLog } from './container-log.js';
import { containerName, containerRequest, onNetwork } from './container-request.js';
import { daemonBackOff } from './daemon-back-off.js';
import { daemonMessage, isUnreachable, statusOf } from './docker-error.js';
import { startProblem } from './daemon-problem.js';
import { DockerTask } from './docker-task.js';
import { FailedStarts, NO_ATTEMPT, type Attempt } from './failed-starts.js';
import { LeftContainers } from './left-containers.js';
import { logFilesOf } from './log-files.js';
import { ForeignContainers, type ForeignRule } from './foreign-containers.js';
import { hasImageCheck } from './image-health.js';
import { Images, wantedBy } from './images.js';
import { PrivateImages } from './private-images.js';
import { PortHolders } from './port-holders.js';
import { PulledImage } from './pulled-image.js';
import { lookForContainer } from './task-container.js';
import { TenantNetworks } from './tenant-networks.js';
import { VolumeCopies } from './volume-copies.js';
import { Volumes } from './volumes.js';
import { deadline } from '../../platform/clock/system-clock.js';

export interface DockerDriverOptions {
  readonly docker: Docker;
  readonly nodeId: string;
  /** Default: what bears the node id is this agent's. */
  readonly ownWork?: OwnWork | undefined;
  readonly publishHost: string;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
  readonly reach: Targets;
  readonly privateImages?: string;
  readonly logBounds: LogBounds;
  /** The users of tenants' processes, which may not reach unpublished ports. */
  readonly users: Pick<TenantUsers, 'separation' | 'range'>;
  readonly disk: Pick<ContainerDiskOptions, 'limits' | 'volumeLimits' | 'lookMs'>;
  /** What happens to containers of other node ids and logs. @default 'keep' */
  readonly foreignContainers?: ForeignRule | undefined;
  readonly startTimeoutMs?: number;
}

const STRAYS_MS = 60_000;
/** A stop of unknown work waits at most this long for the daemon, in milliseconds. The server repeats it. */
const LEFT_MS = 5000;
const REFRESH_MS = 2000;
const UNANSWERED = 'the Docker daemon does not respond';

export class DockerDriver implements TaskDriver<DockerConfig> {
  readonly #options: DockerDriverOptions;
  readonly #own: OwnWork;
  readonly #images: Images;
  readonly #volumes: Volumes;
  readonly #copies: VolumeCopies;
  readonly #bridges: ClosedBridges;
  readonly #networks: TenantNetworks;
  readonly #tasks = new Map<string, DockerTask>();
  readonly #written = new Map<string, ContainerLog>();
  readonly #failedStarts: FailedStarts;
  readonly #portHolders: PortHolders;
  readonly #logs: OpenLogs;
  readonly #disk: ContainerDisk;
  readonly #foreign: ForeignContainers;
  readonly #left: LeftContainers;

  constructor(options: DockerDriverOptions) {
    this.#options = options;
    const { docker, nodeId, reach, clock, log, life } = options;
    const own = (this.#own = options.ownWork ?? new OwnWork(nodeId));
    const privateImages = new PrivateImages(options.privateImages);
    this.#images = new Images({ docker, reach, log, privateImages });
    this.#volumes = new Volumes(docker, own, log);
    const limits = options.disk.volumeLimits;
    this.#copies = new VolumeCopies({ docker, own, volumes: this.#volumes, limits, clock, log, life });
    this.#foreign = new ForeignContainers(docker, own, options.foreignContainers ?? 'keep', log);
    this.#left = new LeftContainers({ docker, own, foreign: this.#foreign, copies: this.#copies, log });
    this.#bridges = new ClosedBridges(docker, options.users, log);
    this.#networks = new TenantNetworks(docker, own, this.#foreign.areEnded, this.#bridges);
    this.#failedStarts = new FailedStarts(options.clock);
    this.#portHolders = new PortHolders(options.users, log);
    this.#logs = new OpenLogs(options.logBounds);
    this.#disk = new ContainerDisk({ docker, nodeId, clock, log, life, ...options.disk });
  }

  /** Returns the daemon's version if it responds to each question within two seconds. */
  async fingerprint(ownGpus: ReadonlySet<string>): Promise<NodeAttributes | undefined> {
    const { docker } = this.#options;
    // The types omit options that the client accepts.
    const info = docker.info.bind(docker) as unknown as (options: {
      abortSignal: AbortSignal;
    }) => Promise<{ ServerVersion?: unknown; DockerRootDir?: unknown }>;
    const patience = (): AbortSignal => AbortSignal.any([this.#options.life, deadline(2000)]);
    try {
      const found = await info({ abortSignal: patience() });
      // A GPU that a foreign container holds must not be offered even once.
      if (!this.#foreign.wereSeen) await this.#foreign.look(patience());
      this.#failedStarts.rootDirectory = found.DockerRootDir;
      const name = typeof found.ServerVersion === 'string' ? found.ServerVersion : 'unknown';
      return {
        'docker.version': name,
        [ASSIGNS_PORTS]: true,
        [MOUNTS_VOLUMES]: true,
        [COPIES_VOLUMES]: true,
        [PULLS_ONLY]: true,
        [FILES_COUNTED]: await filesCounted(found.DockerRootDir),
        ...this.#foreign.attributes(ownGpus),
        ...this.#failedStarts.attributes(),
        ...(await this.#bridges.attributes()),
      };
    } catch {
      return undefined;
    }
  }

  async prepare(spec: TaskSpec<DockerConfig>, signal: AbortSignal): Promise<void> {
    const { credential = async () => undefined } = spec;
    const wanted = { ...wantedBy(spec), credential };
    try {
      await this.#retryWhileUnavailable(signal, () => this.#images.ensure(wanted, signal));
    } catch (error) {
      throw await this.#failedStarts.afterPull(error);
    }
  }

  async start(
    spec: TaskSpec<DockerConfig>,
    signal: AbortSignal,
    halted: AbortSignal = signal,
  ): Promise<StartedTask> {
    if (spec.config.pull_only === true)
      return this.#retryWhileUnavailable(
        signal,
        async () =>
          (await this.#pulled(spec)) ?? raise(new TaskStartError('its image was removed after the pull')),
      );
    const attempt: Attempt = { hasGpus: spec.gpuDevices.length > 0, mayHaveStarted: false };
    // Each step checks what already exists, so that it can be repeated after any failure.
    const begin = async (network: string | undefined): Promise<StartedTask> => {
      await this.#left.endBefore(spec, signal);
      let { found, name } = await this.#look(spec);
      if (found === undefined) {
        try {
          const image = await this.#images.nameOf(wantedBy(spec));
          const ports =
            spec.task.ports?.some(({ host }) => host !== undefined) !== true
              ? []
              : await this.#images.exposedPorts(image);
          await this.#volumes.ensure(spec.task.volumes ?? []);
          const request = containerRequest(spec, ports, this.#options.publishHost);
          await this.#options.docker.createContainer({
            ...(network === undefined ? request : onNetwork(request, network, spec.networkName)),
            name,
            Image: image,
          });
        } catch (error) {
          // Status 409 means that an earlier request from Muster has already created the container.
          if (statusOf(error) !== 409) throw error;
        }
        const before = name;
        ({ found, name } = await this.#look(spec));
        // Meanwhile, another log's task has taken the name.
        if (found === undefined && name !== before) return await begin(network);
        if (found === undefined) throw new TaskStartError('its container was removed outside Muster');
      }
      attempt.mayHaveStarted = true;
      if (found.State.Status === 'created') {
        await this.#options.docker.getContainer(found.Id).start();
        this.#failedStarts.succeeded(spec.gpuDevices.length > 0);
        found = (await this.#find(spec)) ?? found;
      }
      return this.#started(spec, found);
    };
    const names = spec.task.volumes?.map(({ name }) => name) ?? [];
    const release = await this.#copies.hold(names, AbortSignal.any([signal, halted]));
    return this.#retryWhileUnavailable(signal, () => this.#networks.on(spec.networkOwner, begin), attempt)
      .catch(async (error: unknown) => {
        const isUnstarted = await this.#removeUnstarted(spec);
        if (error instanceof TaskRefusedError && attempt.mayHaveStarted && !isUnstarted)
          throw new TaskStartError(error.message, { cause: error });
        throw error;
      })
      .finally(release);
  }

  async adopt(spec: TaskSpec<DockerConfig>, abandon: boolean): Promise<StartedTask | undefined> {
    const { life } = this.#options;
    return this.#retryWhileUnavailable(
      life,
      async () => {
        if (spec.config.pull_only === true) return abandon ? undefined : await this.#pulled(spec);
        const found = await this.#find(spec);
        if (found === undefined) return undefined;
        if (found.State.Status !== 'created') return this.#started(spec, found);
        if (abandon) await this.#removeUnstarted(spec);
        return undefined;
      },
      NO_ATTEMPT,
      Number.POSITIVE_INFINITY,
    );
  }

  async *logs(
    spec: TaskSpec,
    query: LogQuery,
    ended: () => boolean,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const { clock } = this.#options;
    const files = logFilesOf(logsOf(spec));
    const written = (): ContainerLog | undefined => this.#written.get(containerName(spec));
    const over = new AbortController();
    await Promise.race([
      written()?.refresh(),
      clock.sleep(REFRESH_MS, AbortSignal.any([signal, over.signal])),
    ]);
    over.abort();
    const logs = { stdout: this.#logs.log(files.stdout), stderr: this.#logs.log(files.stderr) };
    const isOver = (): boolean => ended() && written()?.isComplete !== false;
    yield* readLog(logs, query, isOver, clock, signal);
  }

  async removeVolume(name: string): Promise<boolean> {
    if (this.#copies.isCopied(name)) return false;
    const release = await this.#copies.hold([name], this.#options.life);
    try {
      return await this.#volumes.remove(name);
    } finally {
      release();
    }
  }

  async copyVolume(order: VolumeCopyOrder, signal: AbortSignal): Promise<RunningCommand> {
    return await this.#copies.open(order, signal);
  }

  volumes = async () => await this.#volumes.list();

  async endLeft(allocationId: string): Promise<void> {
    const { life } = this.#options;
    const end = async (): Promise<void> => await this.#left.endAllocation(allocationId, life);
    await this.#retryWhileUnavailable(life, end, NO_ATTEMPT, LEFT_MS);
  }

  async run(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const running = this.#disk.run(signal);
    const known = new AbortController();
    void this.#own.known.then(() => known.abort());
    while (!signal.aborted) {
      this.#logs.forgetUnused();
      const sweeping = this.#sweep(isKnown, signal);
      // A container that cannot be removed does not delay this.
      await this.#bridges.close(true);
      // Until the log is known, what bears a log is not this agent's, so the next look does not wait longer than that.
      const pause = known.signal.aborted ? signal : AbortSignal.any([signal, known.signal]);
      await sweeping;
      await clock.sleep(STRAYS_MS, pause);
    }
    await running;
  }

  async #sweep(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    for (const sweep of [
      () => this.#left.sweep(isKnown, signal),
      () => this.#networks.removeUnused(),
      () => this.#copies.sweep(),
    ])
      await sweep().catch((error: unknown) => {
        if (!signal.aborted) this.#options.log.debug(errorFields(error), 'agent.docker.strays-unknown');
      });
  }

  async #started(spec: TaskSpec<DockerConfig>, found: Docker.ContainerInspectInfo): Promise<DockerTask> {
    const { docker, clock, log, life } = this.#options;
    const name = containerName(spec);
    const digest = this.#tasks.has(name) ? '' : await this.#digest(spec, found);
    const known = this.#tasks.get(name);
    if (known !== undefined) return known;
    const startTime = Date.parse(found.State.StartedAt) / 1000;
    const written = new ContainerLog({
      docker,
      id: found.Id,
      tty: found.Config.Tty,
      folder: logsOf(spec),
      opened: this.#logs,
      clock,
      log,
      life,
    });
    const of = {
      id: found.Id,
      imageDigest: digest,
      address: (port: number) => containerAddress(found, port),
    };
    const givesOutput = spec.config.give_output === true;
    const task = new DockerTask({
      docker,
      ...of,
      startTime,
      givesOutput,
      hasImageCheck: hasImageCheck(found.State),
      points: usagePointsOf(spec, clock),
      written,
      clock,
      log,
      life,
    });
    this.#disk.add(spec, task);
    this.#tasks.set(name, task);
    this.#written.set(name, written);
    const release = task.release.bind(task);
    task.release = async () => {
      await release();
      this.#tasks.delete(name);
      this.#written.delete(name);
    };
    return task;
  }

  /** Returns the running task that stands for a pulled image, or undefined if the daemon does not have the image. */
  async #pulled(spec: TaskSpec<DockerConfig>): Promise<PulledImage | undefined> {
    const digest = await this.#images.pulledDigest(wantedBy(spec));
    return digest === undefined ? undefined : new PulledImage(digest, this.#options.clock);
  }

  async #find(spec: TaskSpec): Promise<Docker.ContainerInspectInfo | undefined> {
    return (await this.#look(spec)).found;
  }

  async #look(spec: TaskSpec): ReturnType<typeof lookForContainer> {
    await this.#left.removed();
    return await lookForContainer(this.#options.docker, this.#own, spec);
  }

  /** Returns whether it found a container that was not started, and removed it. After some errors of containerd, it may be running nevertheless. */
  async #removeUnstarted(spec: TaskSpec): Promise<boolean> {
    // The next agent finds the container and starts or removes it.
    if (this.#options.life.aborted) return false;
    try {
      const found = await this.#find(spec);
      if (found?.State.Status !== 'created') return false;
      // Not forced: if the container has been started in the meantime, the daemon refuses to remove it, and it is found again.
      await this.#options.docker.getContainer(found.Id).remove({ v: true });
      return true;
    } catch (error) {
      this.#options.log.debug(
        { allocationId: spec.allocationId, ...errorFields(error) },
        'agent.docker.remove-failed',
      );
      return false;
    }
  }

  /** Retries while the daemon is unreachable. Any response is final. Errors that another node may not have are {@link TaskRefusedError}s. */
  async #retryWhileUnavailable<T>(
    signal: AbortSignal,
    work: () => Promise<T>,
    attempt: Attempt = NO_ATTEMPT,
    timeoutMs = this.#options.startTimeoutMs ?? 60_000,
  ): Promise<T> {
    const { clock } = this.#options;
    const latest = clock.monotonic() + timeoutMs;
    const backOff = daemonBackOff();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof TaskStartError) throw error;
        if (!isUnreachable(error)) {
          const said = daemonMessage(error);
          this.#options.log.warn({ problem: said }, 'agent.docker.start-failed');
          const status = statusOf(error);
          // The text of a 400 contains words of the request.
          const taken = status === 400 ? undefined : await this.#portHolders.problemOf(said);
          const refusal = taken ?? this.#failedStarts.refusal(said, attempt.hasGpus, status);
          if (refusal instanceof TaskRefusedError) throw refusal;
          throw new TaskStartError(refusal ?? startProblem(said, status), { cause: error });
        }
        const delay = backOff.next();
        if (signal.aborted || clock.monotonic() + delay > latest)
          throw attempt.mayHaveStarted
            ? new TaskStartError(UNANSWERED, { cause: error })
            : new TaskRefusedError(UNANSWERED, { cause: error });
        await clock.sleep(delay, signal);
      }
    }
  }

  /** Returns the digest by which the image was chosen, or its local digest. */
  async #digest(
    { config, chosenImage }: TaskSpec<DockerConfig>,
    { Image: id }: Docker.ContainerInspectInfo,
  ): Promise<string> {
    return chosenImage?.image_digest === id ? id : await this.#images.digest(config.image, id);
  }
}

function raise(error: Error): never {
  throw error;
}

function logsOf({ directory }: TaskSpec): string {
  return path.join(directory, 'logs');
}
