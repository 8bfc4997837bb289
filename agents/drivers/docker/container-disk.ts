import { z } from 'zod';
import type Docker from 'dockerode';
import type { DockerConfig } from '#domain/drivers/docker/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { deadline } from '../../clock/system-clock.js';
import { DEFAULT_VOLUME_BYTES, DiskWatch, type DiskLimits, type DiskUser } from '../disk-watch.js';
import type { TaskSpec } from '../driver.js';
import { daemonName, LABELS } from './container-request.js';
import { readAnswer } from './daemon-stream.js';
import type { DockerTask } from './docker-task.js';

export interface ContainerDiskOptions {
  readonly docker: Docker;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly life: AbortSignal;
  /** Disk limits of tenants' containers without named volumes. The number of files is not checked. Default {@link DEFAULT_DISK_LIMITS}. */
  readonly limits?: DiskLimits | undefined;
  readonly volumeBytes?: number | undefined;
  /** Interval of measurements. Default 30,000, because the daemon reads all files of a container or volume. */
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
  /** By container id: written data, including anonymous volumes. */
  readonly containers: ReadonlyMap<string, number>;
  readonly volumes: ReadonlyMap<string, number>;
}

/**
 * Ends tenants' containers that exceed their disk limits. Few storage drivers support a limit, so the sizes of writable layers and volumes are
 * requested from time to time, for all containers at once.
 */
export class ContainerDisk {
  readonly #options: ContainerDiskOptions;
  readonly #watch: DiskWatch;
  readonly #lookMs: number;
  #measured: { readonly at: number; readonly sizes: Promise<Sizes> } | undefined;

  constructor(options: ContainerDiskOptions) {
    this.#options = options;
    this.#lookMs = options.lookMs ?? LOOK_MS;
    this.#watch = new DiskWatch(options.clock, options.limits, this.#lookMs);
  }

  /** Watches the container until its end. Containers of operators are not limited. */
  add({ networkOwner, task: { volumes = [] } }: TaskSpec<DockerConfig>, task: DockerTask): void {
    if (networkOwner === undefined) return;
    const end = async (problem: string): Promise<void> => await task.end(problem);
    const { volumeBytes = DEFAULT_VOLUME_BYTES } = this.#options;
    const users: DiskUser[] = [
      {
        measure: async () => ({
          bytes: (await this.#sizes()).containers.get(task.containerId) ?? 0,
          files: 0,
        }),
        end,
      },
      ...volumes
        .filter(({ read_only: isRead }) => isRead !== true)
        .map(({ name }) => ({
          measure: async () => ({
            bytes: (await this.#sizes()).volumes.get(daemonName(name)) ?? 0,
            files: 0,
          }),
          limit: {
            bytes: volumeBytes,
            whose: `its volume ${/[^.]+$/.exec(name)?.[0] ?? name}`,
            setting: 'MUSTER_VOLUME_DISK_MIB',
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
