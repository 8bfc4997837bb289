import type Docker from 'dockerode';
import type { AgentLog } from '../../platform/log.js';
import { DEFAULT_KILL_TIMEOUT_SECONDS, UnknownLogError, type IsKnown, type TaskSpec } from '../driver.js';
import type { OwnWork } from '../own-work.js';
import { daemonName, LABELS, makerOf } from './container-request.js';
import { unlessStatus } from './docker-error.js';
import type { ForeignContainers } from './foreign-containers.js';
import type { VolumeCopies } from './volume-copies.js';

interface LeftContainersParts {
  readonly docker: Docker;
  readonly own: OwnWork;
  readonly foreign: ForeignContainers;
  readonly copies: Pick<VolumeCopies, 'owns'>;
  readonly log: AgentLog;
}

type Containers = readonly Docker.ContainerInfo[];

/** Ends containers that belong to no allocation of the journal. */
export class LeftContainers {
  /** Removals in progress by container. The daemon refuses a second removal. */
  readonly #removals = new Map<string, Promise<void>>();
  #tell: (isKnown: IsKnown) => void = () => undefined;
  readonly #isKnown = new Promise<IsKnown>((resolve) => (this.#tell = resolve));
  /** The log that was known when all containers were last looked for before a start. */
  #soughtFor: string | undefined;

  constructor(private readonly parts: LeftContainersParts) {}

  /** Resolves when no container is being removed. No task takes over a container that is about to end. */
  async removed(): Promise<void> {
    await Promise.allSettled(this.#removals.values());
  }

  /** Ends what is left of one allocation. */
  async endAllocation(allocationId: string, signal: AbortSignal): Promise<void> {
    const { own } = this.parts;
    const found = await this.#list({ label: [`${LABELS.allocation}=${allocationId}`] }, signal);
    await this.#remove(found.filter(({ Labels }) => own.has(makerOf(Labels))));
    if (found.some(({ Labels }) => own.mayHave(makerOf(Labels)))) throw new UnknownLogError();
  }

  /** Ends all that is left. Starts wait for the first call. */
  async sweep(isKnown: IsKnown, signal: AbortSignal): Promise<void> {
    this.#tell(isKnown);
    const { foreign } = this.parts;
    const { all } = await foreign.look(signal);
    const left = this.#leftOf(all, isKnown);
    await this.#remove(left);
    if (left.length > 0) await foreign.look(signal);
  }

  /**
   * Before the first start for a log, begins to end all that is left: see {@link removed}. Before each start, ends what is left with a volume of the task,
   * because two containers must not write to it.
   */
  async endBefore({ task: { volumes = [] } }: TaskSpec, signal: AbortSignal): Promise<void> {
    const isKnown = await this.#isKnown;
    const { log = '' } = this.parts.own;
    if (this.#soughtFor !== log) {
      const left = this.#leftOf(await this.#list({ label: [LABELS.node] }, signal), isKnown);
      this.#remove(left).catch(() => undefined);
      this.#soughtFor = log;
    }
    if (volumes.length === 0) return;
    const users = await this.#list({ volume: volumes.map(({ name }) => daemonName(name)) }, signal);
    await this.#remove(this.#leftOf(users, isKnown));
  }

  #leftOf(containers: Containers, isKnown: IsKnown): Containers {
    const { foreign, copies } = this.parts;
    return containers.filter((each) => foreign.isLeft(each, isKnown) && !copies.owns(each));
  }

  async #list(filters: Record<string, string[]>, signal: AbortSignal): Promise<Containers> {
    return await this.parts.docker.listContainers({ all: true, filters, abortSignal: signal });
  }

  /** Stops and removes containers. Each gets the time that tasks get by default. */
  async #remove(containers: Containers): Promise<void> {
    const { docker, log } = this.parts;
    const remove = async ({ Id, Labels }: Docker.ContainerInfo): Promise<void> => {
      const { [LABELS.allocation]: allocationId, [LABELS.node]: nodeId } = Labels;
      log.warn({ container: Id, allocationId, nodeId }, 'agent.docker.stray-removed');
      const container = docker.getContainer(Id);
      await container.stop({ t: DEFAULT_KILL_TIMEOUT_SECONDS }).catch(unlessStatus(304, 404));
      await container.remove({ force: true, v: true }).catch(unlessStatus(404));
    };
    const removals = containers.map((container) => {
      const removal =
        this.#removals.get(container.Id) ??
        remove(container).finally(() => this.#removals.delete(container.Id));
      this.#removals.set(container.Id, removal);
      return removal;
    });
    await Promise.all(removals);
  }
}
