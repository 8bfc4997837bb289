import { z } from 'zod';
import type Docker from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { DiskWatch, type DiskLimits, type DiskUse, type DiskUser } from '../disk-watch.js';
import type { TaskSpec } from '../driver.js';
import { ContainerFiles, type FilesUse } from './container-files.js';
import { daemonName, LABELS } from './container-request.js';
import { readAnswer } from './daemon-stream.js';
import type { DockerTask } from './docker-task.js';

export interface ContainerDiskOptions {
  readonly docker: Docker;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
  readonly limits: DiskLimits;
  readonly volumeLimits: DiskLimits;
  readonly lookMs?: number | undefined;
}

const LOOK_MS = 30_000;
const MEASURE_MS = 120_000;

const containerSizes = z.array(
  z.object({
    Id: z.string(),
    SizeRw: z.number().nullish(),
    Mounts: z.array(z.object({ Type: z.string(), Name: z.string().optional() })).nullish(),
  }),
);
const volumeSizes = z.object({
  Volumes: z
    .array(z.object({ Name: z.string(), UsageData: z.object({ Size: z.number() }).nullish() }))
    .nullish(),
});

interface Sizes {
  readonly containers: ReadonlyMap<string, number>;
  readonly volumes: ReadonlyMap<string, number>;
}

/**
 * Ends tenants' containers that exceed their disk limits. Few storage drivers support a limit, so writable layers and volumes are measured
 * periodically. If only the daemon can measure them, one request returns the sizes of all.
 */
export class ContainerDisk {
  readonly #options: ContainerDiskOptions;
  readonly #watch: DiskWatch;
  readonly #files: ContainerFiles;
  readonly #lookMs: number;
  #measured: { readonly at: number; readonly sizes: Promise<Sizes> } | undefined;

  constructor(options: ContainerDiskOptions) {
    this.#options = options;
    this.#lookMs = options.lookMs ?? LOOK_MS;
    this.#watch = new DiskWatch(options.clock, options.limits, this.#lookMs);
    this.#files = new ContainerFiles(options.docker, options.life);
  }

  add({ networkOwner, task: { volumes = [] } }: TaskSpec<DockerConfig>, task: DockerTask): void {
    if (networkOwner === undefined) return;
    const end = async (problem: string): Promise<void> => await task.end(problem);
    const { volumeLimits } = this.#options;
    const id = task.containerId;
    let found: ReturnType<ContainerFiles['places']> | undefined;
    const places = async (): ReturnType<ContainerFiles['places']> => {
      found ??= this.#files.places(id);
      return await found.catch((error: unknown) => {
        found = undefined;
        throw error;
      });
    };
    const users: DiskUser[] = [
      {
        measure: async (most) =>
          await this.#used(
            id,
            async () => await this.#files.ofContainer(id, await places(), most),
            ({ containers }) => containers.get(id),
          ),
        end,
      },
      ...volumes
        .filter(({ read_only: isRead }) => isRead !== true)
        .map(({ name }): DiskUser => ({
          measure: async (most) =>
            await this.#used(
              id,
              async () => await this.#files.ofVolume(id, name, await places(), most),
              (sizes) => sizes.volumes.get(daemonName(name)),
            ),
          whose: `its volume ${/[^.]+$/.exec(name)?.[0] ?? name}`,
          limit: {
            ...volumeLimits,
            settings: { bytes: 'MUSTER_VOLUME_DISK_MIB', files: 'MUSTER_VOLUME_FILES' },
          },
          end,
        })),
    ];
    for (const user of users) this.#watch.add(user);
    void task.exit.then(() => {
      for (const user of users) this.#watch.remove(user);
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#watch.run(signal);
  }

  /** The byte limit is checked even if files cannot be counted: then by the daemon's figure. */
  async #used(
    container: string,
    measure: () => Promise<FilesUse>,
    sizeIn: (sizes: Sizes) => number | undefined,
  ): Promise<DiskUse> {
    const { bytes, deletedBytes, files } = await measure().catch((error: unknown): FilesUse => {
      const { life, log } = this.#options;
      if (!life.aborted) log.warn({ container, ...errorFields(error) }, 'agent.docker.files-unknown');
      return { bytes: undefined, deletedBytes: 0, files: 0 };
    });
    return { bytes: deletedBytes + (bytes ?? sizeIn(await this.#sizes()) ?? 0), files };
  }

  async #sizes(): Promise<Sizes> {
    const now = this.#options.clock.monotonic();
    if (this.#measured === undefined || now - this.#measured.at >= this.#lookMs / 2)
      this.#measured = { at: now, sizes: this.#measure() };
    return await this.#measured.sizes;
  }

  async #measure(): Promise<Sizes> {
    const { docker, nodeId, life } = this.#options;
    const signal = AbortSignal.any([life, deadline(MEASURE_MS)]);
    const filters = JSON.stringify({ label: [`${LABELS.node}=${nodeId}`] });
    const found = containerSizes.parse(
      await readAnswer(docker, 'GET', '/containers/json', { size: 'true', filters }, signal),
    );
    const hasVolumes = found.some(({ Mounts }) => Mounts?.some(({ Type }) => Type === 'volume') === true);
    const { Volumes } = hasVolumes
      ? volumeSizes.parse(await readAnswer(docker, 'GET', '/system/df', { type: 'volume' }, signal))
      : { Volumes: [] };
    const volumes = new Map(
      (Volumes ?? []).map(({ Name, UsageData }) => [Name, Math.max(0, UsageData?.Size ?? 0)]),
    );
    const containers = found.map(({ Id, SizeRw, Mounts }): [string, number] => {
      const unnamed = (Mounts ?? []).filter(
        ({ Type, Name = '' }) => Type === 'volume' && !Name.startsWith(daemonName('')),
      );
      return [Id, (SizeRw ?? 0) + unnamed.reduce((sum, { Name = '' }) => sum + (volumes.get(Name) ?? 0), 0)];
    });
    return { containers: new Map(containers), volumes };
  }
}
