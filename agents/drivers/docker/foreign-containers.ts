import type { ContainerInfo } from 'dockerode';
import { FOREIGN_NODES, type NodeAttributes } from '#domain/kernel/resources.js';
import type { AgentLog } from '../../platform/log.js';
import { foreignNodesText } from '../foreign-nodes.js';
import { LABELS } from './container-request.js';

/** What happens to containers of other node ids on this daemon. */
export type ForeignRule = 'keep' | 'end';

const MAX_NAMED = 20;

/**
 * Containers on this daemon that Muster started for another node id: what remains after the agent's directory was lost or its node id has changed, or
 * what another agent on the same daemon runs. An agent cannot tell these apart, so its operator decides.
 */
export class ForeignContainers {
  #nodes = '';
  #seen = '';

  constructor(
    private readonly nodeId: string,
    private readonly rule: ForeignRule,
    private readonly log: AgentLog,
  ) {}

  /** Whether the operator has declared that this agent is the only one on its daemon. */
  get areEnded(): boolean {
    return this.rule === 'end';
  }

  attributes(): NodeAttributes {
    return this.#nodes === '' ? {} : { [FOREIGN_NODES]: this.#nodes };
  }

  /** Notes the foreign ones of all of Muster's containers, logs them if they have changed, and returns them. */
  see(containers: readonly ContainerInfo[]): readonly ContainerInfo[] {
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
