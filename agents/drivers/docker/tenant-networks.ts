import { createHash } from 'node:crypto';
import type Docker from 'dockerode';
import { TaskStartError } from '../driver.js';
import { BRIDGE_NAME, type ClosedBridges } from './closed-bridges.js';
import { LABELS } from './container-request.js';
import { daemonMessage } from './docker-error.js';

export function networkName(nodeId: string, owner: string): string {
  return `muster-${createHash('sha256').update(`${nodeId} ${owner}`).digest('hex').slice(0, 24)}`;
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
  readonly #nodeId: string;
  readonly #removable: string;
  readonly #needed = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `endsForeign`: networks of other node ids are removed too. `bridges` are closed to tenants' processes before a container starts. */
  constructor(
    docker: Docker,
    nodeId: string,
    endsForeign = false,
    private readonly bridges?: Pick<ClosedBridges, 'close'>,
  ) {
    this.#docker = docker;
    this.#nodeId = nodeId;
    this.#removable = endsForeign ? LABELS.node : `${LABELS.node}=${nodeId}`;
  }

  async on<T>(owner: string | undefined, start: (network: string | undefined) => Promise<T>): Promise<T> {
    if (owner === undefined) return await start(undefined);
    const name = networkName(this.#nodeId, owner);
    this.#needed.set(name, (this.#needed.get(name) ?? 0) + 1);
    try {
      await this.#inTurn(() => this.#ensure(name, owner));
      await this.bridges?.close();
      return await start(name);
    } finally {
      const left = (this.#needed.get(name) ?? 1) - 1;
      if (left === 0) this.#needed.delete(name);
      else this.#needed.set(name, left);
    }
  }

  async removeUnused(): Promise<void> {
    await this.#inTurn(() => this.#removeUnused());
  }

  async #removeUnused(): Promise<void> {
    const filters = { label: [this.#removable] };
    const networks = await this.#docker.listNetworks({ filters });
    if (networks.length === 0) return;
    const containers = await this.#docker.listContainers({ all: true, filters });
    const used = new Set(containers.map(({ HostConfig }) => HostConfig.NetworkMode));
    for (const { Id, Name } of networks) {
      if (!used.has(Name) && !this.#needed.has(Name)) await this.#docker.getNetwork(Id).remove();
    }
  }

  /** Checks for the network first, because Docker allows duplicate names. If Docker's address ranges are exhausted, unused networks are removed. */
  async #ensure(name: string, owner: string): Promise<void> {
    const found = await this.#find(name);
    if (found !== undefined && found.Labels?.[LABELS.node] !== this.#nodeId)
      throw new TaskStartError(`a network named ${name} already exists and was not created by this node`);
    if (found !== undefined) return;
    const make = async (): Promise<void> => {
      await this.#docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        Options: { [BRIDGE_NAME]: bridgeName(name) },
        Labels: { [LABELS.node]: this.#nodeId, [LABELS.owner]: owner },
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

  async #find(name: string): Promise<Docker.NetworkInspectInfo | undefined> {
    const found = await this.#docker.listNetworks({ filters: { name: [name] } });
    return found.find(({ Name }) => Name === name);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    await done;
  }
}

const NO_RANGE =
  'Docker has no address range left for the network of an additional tenant: add address ranges (default-address-pools in its daemon.json)';

function lacksRange(error: unknown): boolean {
  return /address pool|subnet is available|pools have been fully/i.test(daemonMessage(error));
}
