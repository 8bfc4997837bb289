import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { TaskStartError } from '../driver.js';
import { BRIDGE_NAME, type ClosedBridges } from './closed-bridges.js';
import type { OwnWork } from '../own-work.js';
import { LABELS, makerLabels, makerOf } from './container-request.js';
import { daemonMessage } from './docker-error.js';

/** @param log in the name, because tenants of two logs may have the same id, such as `default` */
export function networkName(nodeId: string, owner: string, log?: string): string {
  const named = [nodeId, owner, ...(log === undefined ? [] : [log])].join(' ');
  return `muster-${createHash('sha256').update(named).digest('hex').slice(0, 24)}`;
}

/** Returns the bridge of the network of this name. An interface has at most 15 characters. */
function bridgeName(network: string): string {
  return network.slice(0, 15);
}

/**
 * One network per tenant that has containers on this node. On Docker's default network, containers could reach unpublished ports of other tenants.
 * Networks are created on demand and removed when they are no longer used.
 */
export class TenantNetworks {
  readonly #docker: Docker;
  readonly #own: OwnWork;
  readonly #needed = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `endsForeign`: networks of other node ids and logs are removed too. `bridges` are closed to tenants' processes before a container starts. */
  constructor(
    docker: Docker,
    own: OwnWork,
    private readonly endsForeign = false,
    private readonly bridges?: Pick<ClosedBridges, 'close'>,
  ) {
    this.#docker = docker;
    this.#own = own;
  }

  async on<T>(owner: string | undefined, start: (network: string | undefined) => Promise<T>): Promise<T> {
    if (owner === undefined) return await start(undefined);
    const name = await this.#inTurn(() => this.#take(owner));
    try {
      await this.bridges?.close();
      return await start(name);
    } finally {
      this.#release(name);
    }
  }

  async removeUnused(): Promise<void> {
    await this.#inTurn(() => this.#removeUnused());
  }

  async #removeUnused(): Promise<void> {
    const filters = { label: [LABELS.node] };
    const networks = (await this.#docker.listNetworks({ filters })).filter(
      ({ Labels }) => this.endsForeign || this.#own.has(makerOf(Labels)),
    );
    if (networks.length === 0) return;
    const containers = await this.#docker.listContainers({ all: true, filters });
    const used = new Set(containers.map(({ HostConfig }) => HostConfig.NetworkMode));
    for (const { Id, Name } of networks) {
      if (!used.has(Name) && !this.#needed.has(Name)) await this.#docker.getNetwork(Id).remove();
    }
  }

  /** Ensures that the tenant's network exists and stays until it is released. Returns its name. */
  async #take(owner: string): Promise<string> {
    const { nodeId, log } = this.#own;
    const older = networkName(nodeId, owner);
    const named = networkName(nodeId, owner, log);
    const found = await this.#docker.listNetworks({ filters: { name: [older, named] } });
    const own = found.filter(({ Labels }) => this.#own.has(makerOf(Labels)));
    const isOwn = (wanted: string): boolean => own.some(({ Name }) => Name === wanted);
    // Containers of the tenant may still be on the network of an agent that did not know its log.
    const name = !isOwn(named) && isOwn(older) ? older : named;
    if (!isOwn(name) && found.some(({ Name }) => Name === name))
      throw new TaskStartError(`a network named ${name} already exists and was not created by this node`);
    this.#needed.set(name, (this.#needed.get(name) ?? 0) + 1);
    try {
      if (!isOwn(name)) await this.#make(name, owner);
    } catch (error) {
      this.#release(name);
      throw error;
    }
    return name;
  }

  #release(name: string): void {
    const left = (this.#needed.get(name) ?? 1) - 1;
    if (left === 0) this.#needed.delete(name);
    else this.#needed.set(name, left);
  }

  /** Looked for before, because Docker allows duplicate names. If Docker's address ranges are exhausted, unused networks are removed. */
  async #make(name: string, owner: string): Promise<void> {
    const make = async (): Promise<void> => {
      await this.#docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        Options: { [BRIDGE_NAME]: bridgeName(name) },
        Labels: { ...makerLabels(this.#own.nodeId, this.#own.log), [LABELS.owner]: owner },
      });
    };
    try {
      await make();
    } catch (error) {
      if (!lacksRange(error)) throw error;
      await this.#removeUnused();
      await make().catch((again: unknown) => {
        throw lacksRange(again) ? new TaskStartError(NO_RANGE, { cause: again }) : again;
      });
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }
}

const NO_RANGE =
  'Docker has no address range left for the network of an additional tenant: add address ranges (default-address-pools in its daemon.json)';

function lacksRange(error: unknown): boolean {
  return /address pool|subnet is available|pools have been fully/i.test(daemonMessage(error));
}
