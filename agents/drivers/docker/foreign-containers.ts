import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import pLimit from 'p-limit';
import { FOREIGN_GPUS, FOREIGN_NODES, type NodeAttributes } from '#domain/kernel/resources.js';
import { deadline } from '../../platform/clock/system-clock.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { foreignNodesText, gpuNamesIn, heldGpusText, type HeldGpu } from '../foreign-nodes.js';
import { statusOf } from './docker-error.js';
import type { IsKnown } from '../driver.js';
import type { OwnWork } from '../own-work.js';
import { LABELS, makerOf, VISIBLE_DEVICES } from './container-request.js';

/** What happens to containers of other node ids and logs on this daemon. */
export type ForeignRule = 'keep' | 'end';

const MAX_NAMED = 20;
/** How many containers are inspected at a time, and for how long all of them, in milliseconds. */
const AT_ONCE = 8;
const GPUS_MS = 2000;
/** States of containers that hold no GPU. */
const WITHOUT_GPUS: ReadonlySet<string> = new Set(['created', 'exited', 'dead']);

/**
 * Containers on this daemon that Muster started for another node id or another log: what remains after the agent's directory was lost, or its node id or
 * its servers' log has changed, or what another agent on the same daemon runs. An agent cannot tell these apart, so its operator decides.
 */
export class ForeignContainers {
  #nodes = '';
  /** GPUs that foreign containers hold. Undefined: the agent has not looked yet. */
  #held: readonly HeldGpu[] | undefined;
  /** Names of the GPUs of running foreign containers by id. They never change. */
  #gpusOf = new Map<string, readonly string[]>();
  /** Running foreign containers whose GPUs could not be read. */
  #unread = new Set<string>();
  #seen = '';

  constructor(
    private readonly docker: Docker,
    private readonly own: OwnWork,
    private readonly rule: ForeignRule,
    private readonly log: AgentLog,
  ) {}

  /** Whether the operator has declared that this agent is the only one on its daemon. */
  get areEnded(): boolean {
    return this.rule === 'end';
  }

  attributes(ownGpus: ReadonlySet<string>): NodeAttributes {
    const text = heldGpusText(this.#held ?? [], ownGpus);
    return {
      ...(this.#nodes !== '' && { [FOREIGN_NODES]: this.#nodes }),
      ...(text !== '' && { [FOREIGN_GPUS]: text }),
    };
  }

  get wereSeen(): boolean {
    return this.#held !== undefined;
  }

  /** Whether a container is to be ended: Muster's own one that is not known or, if the operator has said so, a foreign one. */
  isLeft({ Labels }: Pick<ContainerInfo, 'Labels'>, isKnown: IsKnown): boolean {
    const made = makerOf(Labels);
    // The agent itself ends what its journal still has of a former log of its servers.
    const isInJournal = made.node === this.own.nodeId && isKnown(Labels[LABELS.allocation] ?? '', made);
    return made.node !== undefined && !isInJournal && (this.areEnded || this.own.has(made));
  }

  /** Lists all of Muster's containers on the daemon, and notes the foreign ones and their GPUs. */
  async look(
    signal: AbortSignal,
  ): Promise<{ readonly all: readonly ContainerInfo[]; readonly foreign: ReadonlySet<ContainerInfo> }> {
    const filters = { label: [LABELS.node] };
    const all = await this.docker.listContainers({ all: true, filters, abortSignal: signal });
    const foreign = new Set(this.#see(all));
    await this.#seeGpus(
      [...foreign].filter(({ State }) => !WITHOUT_GPUS.has(State)),
      signal,
    );
    return { all, foreign };
  }

  /** Notes the GPUs that running foreign ones hold. */
  async #seeGpus(running: readonly ContainerInfo[], signal: AbortSignal): Promise<void> {
    const ids = new Set(running.map(({ Id }) => Id));
    this.#gpusOf = new Map([...this.#gpusOf].filter(([id]) => ids.has(id)));
    this.#unread = new Set([...this.#unread].filter((id) => ids.has(id)));
    const limit = AbortSignal.any([signal, deadline(GPUS_MS)]);
    const found = await pLimit(AT_ONCE).map(running, async ({ Id, Labels }) =>
      (await this.#gpusIn(Id, limit)).map((gpu) => ({ gpu, node: this.own.nameOf(makerOf(Labels)) })),
    );
    this.#held = found.flat();
  }

  /** Returns no GPUs if the daemon does not tell them, because one container must not stop the work on all others. The next look repeats it. */
  async #gpusIn(id: string, signal: AbortSignal): Promise<readonly string[]> {
    const known = this.#gpusOf.get(id);
    if (known !== undefined) return known;
    try {
      const { Config } = await this.docker.getContainer(id).inspect({ abortSignal: signal });
      // The types declare it as always present, but a container without variables has none.
      const gpus = gpusOf((Config.Env as readonly string[] | null) ?? []);
      this.#gpusOf.set(id, gpus);
      return gpus;
    } catch (error) {
      if (statusOf(error) === 404) return [];
      if (!this.#unread.has(id))
        this.log.warn({ container: id, ...errorFields(error) }, 'agent.docker.gpus-unknown');
      this.#unread.add(id);
      return [];
    }
  }

  /** Notes the foreign ones of all of Muster's containers, logs them if they have changed, and returns them. */
  #see(containers: readonly ContainerInfo[]): readonly ContainerInfo[] {
    const foreign = containers.filter(({ Labels }) => !this.own.has(makerOf(Labels)));
    this.#nodes = foreignNodesText(foreign.map(({ Labels }) => this.own.nameOf(makerOf(Labels))));
    const seen = foreign
      .map(({ Id }) => Id)
      .sort()
      .join();
    if (seen !== this.#seen && foreign.length > 0)
      this.log.warn(
        {
          nodes: this.#nodes,
          count: foreign.length,
          containers: foreign.slice(0, MAX_NAMED).map(({ Id, Names }) => Names[0]?.slice(1) ?? Id),
          rule: this.rule,
          ...(this.rule === 'keep' && {
            hint: 'If no other agent uses this Docker daemon, they are left from a lost agent directory, a former MUSTER_NODE_ID or, after an @, another log: remove them, or set MUSTER_FOREIGN_CONTAINERS=end.',
          }),
        },
        'agent.docker.foreign-containers',
      );
    this.#seen = seen;
    return foreign;
  }
}

function gpusOf(environment: readonly string[]): readonly string[] {
  const prefix = `${VISIBLE_DEVICES}=`;
  return gpuNamesIn(environment.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? '');
}
