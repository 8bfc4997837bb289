import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import { FOREIGN_GPUS, FOREIGN_NODES, type NodeAttributes } from '#domain/kernel/resources.js';
import type { AgentLog } from '../../platform/log.js';
import { foreignNodesText } from '../foreign-nodes.js';
import { statusOf } from './docker-error.js';
import { LABELS, NO_DEVICES, VISIBLE_DEVICES } from './container-request.js';

/** What happens to containers of other node ids on this daemon. */
export type ForeignRule = 'keep' | 'end';

const MAX_NAMED = 20;

/**
 * Containers on this daemon that Muster started for another node id: what remains after the agent's directory was lost or its node id has changed, or
 * what another agent on the same daemon runs. An agent cannot tell these apart, so its operator decides.
 */
export class ForeignContainers {
  #nodes = '';
  /** Names of the GPUs that foreign containers hold. Undefined: the agent has not looked yet. */
  #gpus: string | undefined;
  /** Names of the GPUs of running containers by id. They never change. */
  #gpusOf = new Map<string, readonly string[]>();
  #seen = '';

  constructor(
    private readonly docker: Docker,
    private readonly nodeId: string,
    private readonly rule: ForeignRule,
    private readonly log: AgentLog,
  ) {}

  /** Whether the operator has declared that this agent is the only one on its daemon. */
  get areEnded(): boolean {
    return this.rule === 'end';
  }

  attributes(): NodeAttributes {
    return {
      ...(this.#nodes !== '' && { [FOREIGN_NODES]: this.#nodes }),
      ...(this.#gpus !== undefined && this.#gpus !== '' && { [FOREIGN_GPUS]: this.#gpus }),
    };
  }

  get wereSeen(): boolean {
    return this.#gpus !== undefined;
  }

  /** Lists all of Muster's containers on the daemon, and notes the foreign ones and their GPUs. */
  async look(
    signal: AbortSignal,
  ): Promise<{ readonly all: readonly ContainerInfo[]; readonly foreign: ReadonlySet<ContainerInfo> }> {
    const filters = { label: [LABELS.node] };
    const all = await this.docker.listContainers({ all: true, filters, abortSignal: signal });
    const foreign = new Set(this.#see(all));
    await this.#seeGpus(all, signal);
    return { all, foreign };
  }

  /** Notes the GPUs that running foreign ones hold. One that a container of this node has, too, is left out: that container would be ended. */
  async #seeGpus(containers: readonly ContainerInfo[], signal: AbortSignal): Promise<void> {
    const running = containers.filter(({ State }) => State !== 'exited' && State !== 'dead');
    const isForeign = ({ Labels }: ContainerInfo): boolean => Labels[LABELS.node] !== this.nodeId;
    if (!running.some(isForeign)) {
      this.#gpusOf.clear();
      this.#gpus = '';
      return;
    }
    const all = await Promise.all(
      running.map(async (container) => ({
        foreign: isForeign(container),
        id: container.Id,
        gpus: this.#gpusOf.get(container.Id) ?? (await this.#gpusIn(container.Id, signal)),
      })),
    );
    this.#gpusOf = new Map(all.map(({ id, gpus }) => [id, gpus]));
    const own = new Set(all.flatMap(({ foreign, gpus }) => (foreign ? [] : gpus)));
    const held = all.flatMap(({ foreign, gpus }) => (foreign ? gpus : [])).filter((each) => !own.has(each));
    this.#gpus = [...new Set(held)].sort().join(' ');
  }

  async #gpusIn(id: string, signal: AbortSignal): Promise<readonly string[]> {
    try {
      const { Config } = await this.docker.getContainer(id).inspect({ abortSignal: signal });
      // The types declare it as always present, but a container without variables has none.
      return gpusOf((Config.Env as readonly string[] | null) ?? []);
    } catch (error) {
      if (statusOf(error) === 404) return [];
      throw error;
    }
  }

  /** Notes the foreign ones of all of Muster's containers, logs them if they have changed, and returns them. */
  #see(containers: readonly ContainerInfo[]): readonly ContainerInfo[] {
    const foreign = containers.filter(({ Labels }) => Labels[LABELS.node] !== this.nodeId);
    this.#nodes = foreignNodesText(foreign.map(({ Labels }) => Labels[LABELS.node] ?? ''));
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
            hint: 'If no other agent uses this Docker daemon, they are left from a lost agent directory or a former MUSTER_NODE_ID: remove them, or set MUSTER_FOREIGN_CONTAINERS=end.',
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
  const names = environment.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? NO_DEVICES;
  return names === NO_DEVICES ? [] : names.split(',');
}
