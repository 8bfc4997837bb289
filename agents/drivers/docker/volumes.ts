import type Docker from 'dockerode';
import type { TaskVolume } from '#domain/jobs/job/volume.js';
import type { NodeVolume } from '#domain/protocol/index.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { TaskStartError } from '../driver.js';
import type { Maker, OwnWork } from '../own-work.js';
import { daemonName, LABELS, makerLabels, makerOf } from './container-request.js';
import { statusOf } from './docker-error.js';

const LIST_MS = 5000;

export class Volumes {
  readonly #docker: Docker;
  readonly #own: OwnWork;

  constructor(docker: Docker, own: OwnWork) {
    this.#docker = docker;
    this.#own = own;
  }

  async ensure(volumes: readonly TaskVolume[]): Promise<void> {
    for (const name of new Set(volumes.map((volume) => volume.name))) {
      await this.#docker.createVolume({
        Name: daemonName(name),
        Labels: { ...makerLabels(this.#own.nodeId, this.#own.log), [LABELS.volume]: name },
      });
      const maker = await this.#makerOf(name);
      if (!this.#own.has(maker)) throw new TaskStartError(foreign(daemonName(name), maker, this.#own.nodeId));
    }
  }

  /** Returns whether the volume no longer exists. Even a container that has ended still holds its volumes. */
  async remove(name: string): Promise<boolean> {
    try {
      if (this.#own.has(await this.#makerOf(name))) await this.#docker.getVolume(daemonName(name)).remove();
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return true;
      if (statusOf(error) === 409) return false;
      throw error;
    }
  }

  /** Lists all volumes that Muster has made on this daemon, also for other node ids and logs. */
  async list(): Promise<NodeVolume[]> {
    const filters = { label: [LABELS.volume] };
    const { Volumes: found } = await this.#docker.listVolumes({ filters, abortSignal: deadline(LIST_MS) });
    return found.map(({ Labels }) => ({
      name: Labels[LABELS.volume] ?? '',
      node_id: this.#own.nameOf(makerOf(Labels)),
    }));
  }

  async #makerOf(name: string): Promise<Maker> {
    return makerOf((await this.#docker.getVolume(daemonName(name)).inspect()).Labels);
  }
}

/** Says what is wrong and what to do, without the other node's id, because the owner of the work reads it too. */
function foreign(volume: string, { node, log }: Maker, nodeId: string): string {
  const problem = `a volume named ${volume} already exists and was not created by this node`;
  if (node === undefined) return `${problem}, nor by another one`;
  return node === nodeId
    ? `${problem} for this log, but for another one: if no server has that log any more, set MUSTER_FORMER_LOGS=${log} on this node`
    : `${problem}, but for another node id: if no agent has that id any more, start this one with it as MUSTER_NODE_ID; muster volume list --unknown shows it`;
}
