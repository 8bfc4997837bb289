import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { deadline } from '#agents/platform/clock/system-clock.js';
import { writeFileDurably } from '#agents/platform/files/durable-file.js';
import { cluster } from '#domain/cluster/aggregate.js';
import type { ClusterCommand } from '#domain/cluster/decider.js';
import { changedZones, ZONE_DATA_VERSION, ZONES } from '#domain/tasks/schedule/index.js';
import { uncausedContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { FindMovedTasks } from '#src/fleet/tasks/index.js';
import { hasCode } from '#agents/platform/error-code.js';

const FILE = 'zone-data.json';

/** How long due tasks of all zones may wait for the search for moved tasks, in milliseconds: far less than the time after which a slot is missed. */
const SEARCH_MS = 3_000;

/** A release of the data, in the form of the generated file. */
const storedZoneData = z.strictObject({
  version: z.string(),
  zones: z.record(
    z.string().regex(/^-?\d+( -?\d+)*\|[0-9a-z]+\|([0-9a-z]+( [0-9a-z]+)*)?$/),
    z.string().min(1),
  ),
});

interface ZoneDataOptions {
  readonly executor: Pick<CommandExecutor, 'execute' | 'load'>;
  readonly directory: string;
  /** Limit of the search for moved tasks. Default: three seconds. */
  readonly searchMs?: number;
  /** Reports a file that could not be read or written, or a search for moved tasks that failed or took too long. Slots are decided all the same. */
  readonly onProblem: (code: 'zone-data.not-stored' | 'zone-data.not-compared', error: unknown) => void;
}

/** Whether this server may decide slots of zones with clock changes. All servers of a fleet must decide with the same time zone database. */
export class ZoneData {
  readonly #options: ZoneDataOptions;
  #fleet: string | undefined;
  #looking: Promise<string | undefined> | undefined;
  #isStored = false;

  constructor(options: ZoneDataOptions) {
    this.#options = options;
  }

  /** Release of the database with which the fleet decided when this server last looked, for example `2026f`. Undefined if it has not looked yet. */
  get fleet(): string | undefined {
    return this.#fleet;
  }

  /**
   * Records this release's data in the log if it is newer, with the tasks that it moves if they are found in time. Returns false if another server has
   * recorded newer data. Tasks that are due together share one look at the log.
   */
  async isInForce(findMoved: FindMovedTasks): Promise<boolean> {
    this.#looking ??= this.#use(findMoved).finally(() => (this.#looking = undefined));
    this.#fleet = await this.#looking;
    return this.#fleet === ZONE_DATA_VERSION;
  }

  async #use(findMoved: FindMovedTasks): Promise<string | undefined> {
    const { executor } = this.#options;
    const before = (await executor.load(cluster, 'cluster')).zoneData;
    if (before !== undefined && before > ZONE_DATA_VERSION) return before;
    const moved =
      before === undefined || before === ZONE_DATA_VERSION ? undefined : await this.#moved(before, findMoved);
    const version =
      before === ZONE_DATA_VERSION ? before : await useZoneData(executor, 'saga:task-slots', moved);
    if (version === ZONE_DATA_VERSION) await this.#store();
    return version;
  }

  /** Undefined if they cannot be found, or not in time: slots must not wait for what only informs. */
  async #moved(since: string, findMoved: FindMovedTasks): Promise<Moved> {
    const zones = await this.#zonesOf(since);
    if (zones === undefined) return undefined;
    const { onProblem, searchMs = SEARCH_MS } = this.#options;
    const limit = deadline(searchMs);
    const late = new Promise<never>((_, reject) =>
      limit.addEventListener('abort', () => reject(limit.reason as Error), { once: true }),
    );
    try {
      return { since, tasks: await Promise.race([findMoved(changedZones(zones), limit), late]) };
    } catch (error) {
      onProblem('zone-data.not-compared', error);
      return undefined;
    }
  }

  /** Returns the zones of a former release, if this server decided with it. */
  async #zonesOf(version: string): Promise<Readonly<Record<string, string>> | undefined> {
    const stored = await this.#stored();
    return stored?.version === version ? stored.zones : undefined;
  }

  /** Stores this release's data, which the server of the next release does not have, to compare. */
  async #store(): Promise<void> {
    if (this.#isStored) return;
    this.#isStored = true;
    if ((await this.#stored())?.version === ZONE_DATA_VERSION) return;
    const text = JSON.stringify({ version: ZONE_DATA_VERSION, zones: ZONES });
    await writeFileDurably(join(this.#options.directory, FILE), text).catch((error: unknown) =>
      this.#options.onProblem('zone-data.not-stored', error),
    );
  }

  async #stored(): Promise<z.infer<typeof storedZoneData> | undefined> {
    try {
      return storedZoneData.parse(JSON.parse(await readFile(join(this.#options.directory, FILE), 'utf8')));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) this.#options.onProblem('zone-data.not-stored', error);
      return undefined;
    }
  }
}

type Moved = Extract<ClusterCommand, { readonly kind: 'use-zone-data' }>['moved'];

/** Returns the data with which slots are decided from now on: those of this program if they are newer, or if `evenOlder`. */
export async function useZoneData(
  executor: Pick<CommandExecutor, 'execute'>,
  actor: string,
  moved?: Moved,
  evenOlder = false,
): Promise<string | undefined> {
  const context = uncausedContext(randomUUID(), actor, 'cluster');
  const command: ClusterCommand = {
    kind: 'use-zone-data',
    version: ZONE_DATA_VERSION,
    evenOlder,
    ...(moved && { moved }),
  };
  return (await executor.execute(cluster, 'cluster', command, context)).state.zoneData;
}
