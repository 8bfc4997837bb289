import type { Clock } from '#domain/kernel/ports/clock.js';
import { isLoopback } from '../platform/loopback.js';
import { machineAddresses } from '../platform/machine-addresses.js';
import { SocketTable } from '../platform/listener/socket-table.js';
import { errorFields, type AgentLog } from '../platform/log.js';
import type { AgentOptions } from '../agent-options.js';
import type { TenantUsers, UidRange } from '../users/tenant-users.js';
import { askAsUser } from './ask-as-user.js';
import { letsInClients } from './letting-in.js';
import { placeText, storePlaces, type StorePlace } from './store-place.js';
import { containsAny } from '../users/subordinate-ids.js';

/** Whose access to open stores is checked: tenants' processes, their containers, or both. */
export interface WhoseAccess {
  readonly processes: boolean;
  readonly containers: boolean;
}

export interface OpenStoreWatchOptions {
  readonly parts: () => readonly string[];
  readonly uids: UidRange;
  readonly of: WhoseAccess;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

const LOOK_MS = 60_000;

/** Checks periodically which stores tenants can reach without credentials. */
export class OpenStoreWatch {
  #open: readonly string[] = [];
  #openToContainers: readonly string[] = [];
  #look: Promise<boolean> | undefined;
  readonly #sockets = new SocketTable();

  constructor(private readonly options: OpenStoreWatchOptions) {}

  get open(): readonly string[] {
    return this.#open;
  }

  /** Stores that are open to containers. Containers reach this machine through its addresses, but not through its loopback. */
  get openToContainers(): readonly string[] {
    return this.#openToContainers;
  }

  async look(): Promise<boolean> {
    this.#look ??= this.#looked().finally(() => {
      this.#look = undefined;
    });
    return await this.#look;
  }

  async run(onChange: () => void): Promise<void> {
    const { clock, life } = this.options;
    while (!life.aborted) {
      await clock.sleep(LOOK_MS, life);
      if (!life.aborted && (await this.look())) onChange();
    }
  }

  async #looked(): Promise<boolean> {
    const { parts, log, of } = this.options;
    const named = await this.#withoutTenantsOwn(storePlaces(parts()));
    const toProcesses = of.processes ? named : [];
    const toContainers = of.containers ? placesFromContainers(named) : [];
    const places = new Map([...toProcesses, ...toContainers].map((place) => [placeText(place), place]));
    const letIn = await Promise.all(
      [...places.values()].map(async (place) => ((await letsInClients(place)) ? [place] : [])),
    );
    const found = new Set((await this.#asTenant(letIn.flat())).map(placeText));
    const openAmong = (asked: readonly StorePlace[]): string[] =>
      asked.map(placeText).filter((text) => found.has(text));
    const before = [this.#open, this.#openToContainers].join('|');
    this.#open = openAmong(toProcesses);
    this.#openToContainers = openAmong(toContainers);
    const changed = [this.#open, this.#openToContainers].join('|') !== before;
    if (changed && found.size > 0) log.warn({ open: [...found] }, 'agent.stores.open');
    if (changed && found.size === 0) log.info({}, 'agent.stores.closed');
    return changed;
  }

  /** Drops addresses where a tenant's process is listening. Otherwise such a process could pose as a store and keep all tenants off the node. */
  async #withoutTenantsOwn(places: readonly StorePlace[]): Promise<StorePlace[]> {
    const here = machineAddresses();
    const owners = await Promise.all(
      places.map(async ({ host, port }) =>
        isLoopback(host) || here.includes(host) ? await this.#sockets.listenersAt(port) : [],
      ),
    );
    return places.filter((_, index) => !containsAny(this.options.uids, owners[index] ?? []));
  }

  /** A store may accept only the agent's user. If this cannot be determined, the store counts as open. */
  async #asTenant(places: StorePlace[]): Promise<readonly StorePlace[]> {
    // Only root can check as another user. Agents without root have no separate users for tenants.
    if (places.length === 0 || process.geteuid?.() !== 0) return places;
    const { uids, log, life } = this.options;
    try {
      return await askAsUser(uids.last, places, life);
    } catch (error) {
      if (!life.aborted) log.warn(errorFields(error), 'agent.stores.unknown');
      return places;
    }
  }
}

/** Without separate users, tenants' processes are either refused or have the same access as the agent. */
export function whoseAccess(
  {
    tenantsReachOpenStores,
    containersReachOpenStores,
    tenantsShareAgentUser,
  }: Pick<AgentOptions, 'tenantsReachOpenStores' | 'containersReachOpenStores' | 'tenantsShareAgentUser'>,
  { separation }: Pick<TenantUsers, 'separation'>,
): WhoseAccess {
  const mayDoAll = tenantsReachOpenStores || (separation === 'shared' && tenantsShareAgentUser);
  return {
    processes: separation === 'separate' && !mayDoAll,
    containers: !mayDoAll && !containersReachOpenStores,
  };
}

/** A container has its own loopback, so it reaches this machine through the machine's other addresses. */
function placesFromContainers(places: readonly StorePlace[]): StorePlace[] {
  const here = machineAddresses();
  const reachable = here.filter((address) => !isLoopback(address) && !address.startsWith('fe80:'));
  return places.flatMap((place) =>
    isLoopback(place.host) || here.includes(place.host)
      ? reachable.map((host) => ({ ...place, host }))
      : [place],
  );
}
