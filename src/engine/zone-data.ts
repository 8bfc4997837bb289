import { randomUUID } from 'node:crypto';
import { cluster } from '#domain/cluster/aggregate.js';
import { ZONE_DATA_VERSION } from '#domain/tasks/schedule/index.js';
import { uncausedContext, type CommandExecutor } from './commands/index.js';

/** Whether this server may decide slots of zones with clock changes. All servers of a fleet must decide with the same time zone database. */
export class ZoneData {
  #fleet: string | undefined;
  #looking: Promise<string | undefined> | undefined;

  constructor(private readonly executor: Pick<CommandExecutor, 'execute'>) {}

  /** Release of the database with which the fleet decided when this server last looked, for example `2026f`. Undefined if it has not looked yet. */
  get fleet(): string | undefined {
    return this.#fleet;
  }

  /**
   * Records this release's data in the log if it is newer. Returns false if another server has recorded newer data. Tasks that are due together share
   * one look at the log.
   */
  async isInForce(): Promise<boolean> {
    this.#looking ??= useZoneData(this.executor, 'saga:task-slots').finally(
      () => (this.#looking = undefined),
    );
    this.#fleet = await this.#looking;
    return this.#fleet === ZONE_DATA_VERSION;
  }
}

/** Returns the data with which slots are decided from now on: those of this program if they are newer, or if `evenOlder`. */
export async function useZoneData(
  executor: Pick<CommandExecutor, 'execute'>,
  actor: string,
  evenOlder = false,
): Promise<string | undefined> {
  const context = uncausedContext(randomUUID(), actor, 'cluster');
  const command = { kind: 'use-zone-data', version: ZONE_DATA_VERSION, evenOlder } as const;
  return (await executor.execute(cluster, 'cluster', command, context)).state.zoneData;
}
