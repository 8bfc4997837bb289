import type Docker from 'dockerode';
import type { TaskVolume } from '#domain/jobs/job/volume.js';
import type { NodeVolume } from '#domain/protocol/index.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { TaskStartError } from '../driver.js';
import { daemonName, LABELS } from './container-request.js';
import { statusOf } from './docker-error.js';

const LIST_MS = 5000;

export class Volumes {
  readonly #docker: Docker;
  readonly #nodeId: string;

  constructor(docker: Docker, nodeId: string) {
    this.#docker = docker;
    this.#nodeId = nodeId;
  }

  async ensure(volumes: readonly TaskVolume[]): Promise<void> {
    for (const name of new Set(volumes.map((volume) => volume.name))) {
      await this.#docker.createVolume({
        Name: daemonName(name),
        Labels: { [LABELS.node]: this.#nodeId, [LABELS.volume]: name },
      });
      const maker = await this.#makerOf(name);
      if (maker !== this.#nodeId) throw new TaskStartError(foreign(daemonName(name), maker));
    }
  }

  /** Returns whether the volume no longer exists. Even a container that has ended still holds its volumes. */
  async remove(name: string): Promise<boolean> {
    try {
      if ((await this.#makerOf(name)) === this.#nodeId)
        await this.#docker.getVolume(daemonName(name)).remove();
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return true;
      if (statusOf(error) === 409) return false;
      throw error;
    }
  }

  /** Lists all volumes that Muster has made on this daemon, also for other node ids. */
  async list(): Promise<NodeVolume[]> {
    const filters = { label: [LABELS.volume] };
    const { Volumes: found } = await this.#docker.listVolumes({ filters, abortSignal: deadline(LIST_MS) });
    return found.map(({ Labels }) => ({
      name: Labels[LABELS.volume] ?? '',
      node_id: Labels[LABELS.node] ?? '',
    }));
  }

  /** Returns the id of the node that made the volume. Undefined if Muster did not make it. */
  async #makerOf(name: string): Promise<string | undefined> {
    const { Labels } = await this.#docker.getVolume(daemonName(name)).inspect();
    // The types declare labels as always present, but a foreign volume may have none.
    return (Labels as Record<string, string> | null)?.[LABELS.node];
  }
}

/** Says what is wrong and what to do, without the other node's id, because the owner of the work reads it too. */
function foreign(volume: string, maker: string | undefined): string {
  const problem = `a volume named ${volume} already exists and was not created by this node`;
  return maker === undefined
    ? `${problem}, nor by another one`
    : `${problem}, but for another node id: if no agent has that id any more, start this one with it as MUSTER_NODE_ID; muster volume list --unknown shows it`;
}
