import type { Clock } from '#domain/kernel/ports/clock.js';
import { isLoopback } from '../loopback.js';
import { machineAddresses } from '../machine-addresses.js';
import { SocketTable } from '../listener/socket-table.js';
import { errorFields, type AgentLog } from '../log.js';
import type { UidRange } from '../users/tenant-users.js';
import { askAsUser } from './ask-as-user.js';
import { letsInClients } from './letting-in.js';
import { placeText, storePlaces, type StorePlace } from './store-place.js';

export interface OpenStoreWatchOptions {
  /** URLs of Muster's parts, as far as the agent knows them. */
  readonly parts: () => readonly string[];
  /** Numbers of tenants' users. */
  readonly uids: UidRange;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

/** Milliseconds between two looks. */
const LOOK_MS = 60_000;

/** Finds out from time to time which of Muster's stores, and of its NATS servers, let in a tenant's process of this node that has no credentials. */
export class OpenStoreWatch {
  #open: readonly string[] = [];
  #look: Promise<boolean> | undefined;
  readonly #sockets = new SocketTable();

  constructor(private readonly options: OpenStoreWatchOptions) {}

  /** Those that the last look found, as people read them. */
  get open(): readonly string[] {
    return this.#open;
  }

  /** Looks; returns whether others are open than before. */
  async look(): Promise<boolean> {
    this.#look ??= this.#looked().finally(() => {
      this.#look = undefined;
    });
    return await this.#look;
  }

  /** Looks until the agent ends. */
  async run(onChange: () => void): Promise<void> {
    const { clock, life } = this.options;
    while (!life.aborted) {
      await clock.sleep(LOOK_MS, life);
      if (!life.aborted && (await this.look())) onChange();
    }
  }

  async #looked(): Promise<boolean> {
    const { parts, log } = this.options;
    const places = await this.#withoutTenantsOwn(storePlaces(parts()));
    const letIn = await Promise.all(places.map(letsInClients));
    const open = (await this.#asTenant(places.filter((_, index) => letIn[index] === true))).map(placeText);
    const changed = open.join() !== this.#open.join();
    this.#open = open;
    if (changed && open.length > 0) log.warn({ open }, 'agent.stores.open');
    if (changed && open.length === 0) log.info({}, 'agent.stores.closed');
    return changed;
  }

  /** A tenant that listens where a store could be would keep all tenants off the node. */
  async #withoutTenantsOwn(places: readonly StorePlace[]): Promise<StorePlace[]> {
    const { first, last } = this.options.uids;
    const here = machineAddresses();
    const owners = await Promise.all(
      places.map(async ({ host, port }) =>
        isLoopback(host) || here.includes(host) ? await this.#sockets.listenersAt(port) : [],
      ),
    );
    return places.filter((_, index) => owners[index]?.some((uid) => uid >= first && uid <= last) !== true);
  }

  /** What lets in the agent may let in root or its own user alone. Where that cannot be found out it counts as open. */
  async #asTenant(places: StorePlace[]): Promise<readonly StorePlace[]> {
    if (places.length === 0) return places;
    const { uids, log, life } = this.options;
    try {
      return await askAsUser(uids.last, places, life);
    } catch (error) {
      if (!life.aborted) log.warn(errorFields(error), 'agent.stores.unknown');
      return places;
    }
  }
}
