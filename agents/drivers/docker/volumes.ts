import type Docker from 'dockerode';
import type { TaskVolume } from '#domain/jobs/job/volume.js';
import { LOG_ID, type NodeVolume } from '#domain/protocol/index.js';
import { CommandRefusedError } from '../../checks/reach.js';
import { deadline } from '../../platform/clock/system-clock.js';
import type { AgentLog } from '../../platform/log.js';
import { TaskStartError, UnknownLogError } from '../driver.js';
import type { Maker, OwnWork } from '../own-work.js';
import { daemonName, LABELS, makerLabels, makerOf } from './container-request.js';
import { statusOf, unlessStatus } from './docker-error.js';

/** The daemon tells the time too, which the types omit. */
type Mark = Docker.VolumeInspectInfo & { readonly CreatedAt?: string };

const LIST_MS = 5000;
const OTHER_LOG = 'If no server has that log any more, set MUSTER_FORMER_LOGS to its id on this node.';
export const VOLUME_IN_USE = 'a container uses the volume: stop its service first';

export class Volumes {
  readonly #docker: Docker;
  readonly #own: OwnWork;

  constructor(
    docker: Docker,
    own: OwnWork,
    private readonly log: AgentLog,
  ) {
    this.#docker = docker;
    this.#own = own;
  }

  async ensure(volumes: readonly TaskVolume[]): Promise<void> {
    for (const name of new Set(volumes.map((volume) => volume.name))) {
      const marks = await this.#allMarks(name);
      if (marks.length === 0) await this.#create(name);
      const foreign = marks.map(({ Labels }) => makerOf(Labels)).find((each) => !this.#own.has(each));
      const maker = foreign ?? (await this.#makerIfThere(name));
      if (maker !== undefined && !this.#own.has(maker)) throw this.#refusal(daemonName(name), maker);
      if (marks.length > 0)
        throw new TaskStartError(
          `the volume ${/[^.]+$/.exec(name)?.[0] ?? name} has only a part of what was restored, because the restore was interrupted: repeat muster volume restore`,
        );
    }
  }

  /** Whether this node has made the volume. A restore that was interrupted may have removed it. */
  async isOwn(name: string): Promise<boolean> {
    const maker = await this.#makerIfThere(name);
    return maker === undefined ? await this.isMarked(name) : this.#own.has(maker);
  }

  /** Whether a restore of the volume has begun to replace it and has not completed. */
  async isMarked(name: string): Promise<boolean> {
    return (await this.#marks(name)).length > 0;
  }

  /** Returns the daemon's names of the second volumes that have the whole content of restores that have not completed, newest first. */
  async kept(name: string): Promise<readonly string[]> {
    return (await this.#marks(name)).flatMap(({ Labels }) => Labels[LABELS.content] ?? []);
  }

  /**
   * Marks the volume, and then makes it anew. `copyId`: the second volume that has the new content, which is kept for as long as the mark. Calls `begin`
   * before the volume may be another. Throws a {@link CommandRefusedError} if it is what it was after all.
   */
  async replace(name: string, copyId: string, begin: () => void): Promise<void> {
    const former = await this.#marks(name);
    await this.#checkOwn(name);
    const Name = markOf(name, copyId);
    const mark = { [LABELS.incomplete]: name, [LABELS.content]: secondVolume(name, copyId) };
    begin();
    try {
      await this.#docker.createVolume({ Name, Labels: { ...this.#maker(), ...mark } });
    } catch (error) {
      if (statusOf(error) === undefined) throw error;
      throw new CommandRefusedError('the volume could not be marked; see the agent’s log for the reason', {
        cause: error,
      });
    }
    try {
      await this.#docker.getVolume(daemonName(name)).remove().catch(unlessStatus(404));
    } catch (error) {
      // Only then has the daemon not begun to remove it.
      if (statusOf(error) !== 409) throw error;
      await this.#docker.getVolume(Name).remove();
      throw new CommandRefusedError(VOLUME_IN_USE, { cause: error });
    }
    await this.#unmark(former);
    await this.#create(name);
    await this.#checkOwn(name);
  }

  /** Removes what an earlier restore left in a marked volume, to make room. */
  async clearMarked(name: string): Promise<void> {
    if (!(await this.isMarked(name))) return;
    await this.#checkOwn(name);
    await this.#docker.getVolume(daemonName(name)).remove().catch(unlessStatus(404, 409));
  }

  async unmark(name: string): Promise<void> {
    await this.#unmark(await this.#marks(name));
  }

  /** Returns whether the volume no longer exists. Even a container that has ended still holds its volumes. */
  async remove(name: string): Promise<boolean> {
    const maker = await this.#makerIfThere(name);
    if (maker !== undefined && this.#own.mayHave(maker)) throw new UnknownLogError();
    if (maker !== undefined && !this.#own.has(maker)) return true;
    try {
      for (const each of [daemonName(name), ...(await this.kept(name))])
        await this.#docker.getVolume(each).remove().catch(unlessStatus(404));
    } catch (error) {
      if (statusOf(error) === 409) return false;
      throw error;
    }
    await this.unmark(name);
    return true;
  }

  /** Lists all volumes that Muster has made on this daemon, also for other node ids and logs. */
  async list(): Promise<NodeVolume[]> {
    const filters = { label: [LABELS.node] };
    const { Volumes: found } = await this.#docker.listVolumes({ filters, abortSignal: deadline(LIST_MS) });
    const named = found.map(({ Labels }) => ({
      name: Labels[LABELS.volume] ?? Labels[LABELS.copy] ?? Labels[LABELS.incomplete] ?? '',
      node_id: this.#own.nameOf(makerOf(Labels)),
    }));
    return [...new Map(named.map((each) => [`${each.name} ${each.node_id}`, each])).values()];
  }

  async #create(name: string): Promise<void> {
    const Labels = { ...this.#maker(), [LABELS.volume]: name };
    await this.#docker.createVolume({ Name: daemonName(name), Labels });
  }

  /** Says what is wrong. The owner of the work reads it, so ids of other nodes and logs are only in the agent's log. */
  #refusal(volume: string, maker: Maker): TaskStartError {
    const { node, log } = maker;
    const problem = `a volume named ${volume} already exists and was not created by this node`;
    if (node === undefined) return new TaskStartError(`${problem}, nor by another one`);
    if (node !== this.#own.nodeId)
      return new TaskStartError(
        `${problem}, but for another node id: if no agent has that id any more, start this one with it as MUSTER_NODE_ID; muster volume list --unknown shows it`,
      );
    if (this.#own.mayHave(maker))
      return new TaskStartError(
        `${problem}, as far as it knows: no server has told it the id of its log yet`,
      );
    const madeFor = log !== undefined && LOG_ID.test(log) ? log : 'unknown';
    this.log.warn({ volume, madeFor, hint: OTHER_LOG }, 'agent.docker.volume-of-other-log');
    return new TaskStartError(
      `${problem} for this log, but for another one: see muster volume list --unknown`,
    );
  }

  #maker(): Record<string, string> {
    return makerLabels(this.#own.nodeId, this.#own.log);
  }

  /** Returns the marks that this agent has made, newest first. */
  async #marks(name: string): Promise<readonly Docker.VolumeInspectInfo[]> {
    const all = await this.#allMarks(name);
    return all.filter(({ Labels }) => this.#own.has(makerOf(Labels)));
  }

  async #allMarks(name: string): Promise<readonly Mark[]> {
    const filters = { label: [`${LABELS.incomplete}=${name}`] };
    const { Volumes: found } = await this.#docker.listVolumes({ filters });
    const made = ({ CreatedAt = '' }: Mark): number => Date.parse(CreatedAt);
    return [...found].sort((one, other) => made(other) - made(one));
  }

  /** Throws a {@link CommandRefusedError} if the volume is there and another agent has made it. */
  async #checkOwn(name: string): Promise<void> {
    const maker = await this.#makerIfThere(name);
    if (maker !== undefined && !this.#own.has(maker))
      throw new CommandRefusedError(
        'another node id or another log has a volume with this name on this machine',
      );
  }

  async #unmark(marks: readonly Docker.VolumeInspectInfo[]): Promise<void> {
    for (const { Name } of marks) await this.#docker.getVolume(Name).remove().catch(unlessStatus(404));
  }

  async #makerIfThere(name: string): Promise<Maker | undefined> {
    const found = await this.#docker.getVolume(daemonName(name)).inspect().catch(unlessStatus(404));
    return found === undefined ? undefined : makerOf(found.Labels);
  }
}

/** The daemon's name of the volume into which a restore extracts its archive. No two restores have the same. */
export function secondVolume(name: string, copyId: string): string {
  return `muster-copy.${name}.${copyId}`;
}

/** The daemon's name of the volume that marks another one. */
function markOf(name: string, copyId: string): string {
  return `muster-incomplete.${name}.${copyId}`;
}
