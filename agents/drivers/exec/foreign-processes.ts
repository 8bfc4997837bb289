import { readdirSync, readlinkSync } from 'node:fs';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { FOREIGN_PROCESS_GPUS, FOREIGN_PROCESSES, type NodeAttributes } from '#domain/kernel/resources.js';
import type { AgentLog } from '../../platform/log.js';
import { foreignNodesText, heldGpusText } from '../foreign-nodes.js';
import type { OwnWork } from '../own-work.js';
import { identityOf } from './left-processes.js';
import { isAlive, readProcess, userOfProcess } from './process-table.js';

interface ForeignProcess {
  readonly pid: number;
  readonly birth: number;
  readonly node: string;
  readonly gpus: readonly string[];
}

const MAX_LOGGED = 20;

/**
 * Processes on this machine that Muster started for another node id or another log: what remains after the agent's directory was lost, or its node id or
 * its servers' log has changed, or what another agent on this machine runs. They are looked for once: what starts later belongs to an agent that is
 * running, and each change of the attribute would register the node again. Only processes of the agent's own user outside of containers count, such as
 * the supervisors of all tasks, so that no tenant with a user of its own can name a node or a GPU.
 */
export class ForeignProcesses {
  #found: readonly ForeignProcess[] | undefined;

  constructor(
    private readonly own: OwnWork,
    private readonly log: AgentLog,
  ) {}

  attributes(ownGpus: ReadonlySet<string>): NodeAttributes {
    this.#found = (this.#found ?? this.#look()).filter(({ pid, birth }) => isAlive(pid, birth));
    const nodes = foreignNodesText(this.#found.map(({ node }) => node));
    const held = this.#found.flatMap(({ node, gpus }) => gpus.map((gpu) => ({ gpu, node })));
    const gpus = heldGpusText(held, ownGpus);
    return {
      ...(nodes !== '' && { [FOREIGN_PROCESSES]: nodes }),
      ...(gpus !== '' && { [FOREIGN_PROCESS_GPUS]: gpus }),
    };
  }

  #look(): readonly ForeignProcess[] {
    const found = readdirSync('/proc').flatMap((name) =>
      /^\d+$/.test(name) ? foreignProcess(Number(name), this.own) : [],
    );
    if (found.length > 0)
      this.log.warn(
        {
          nodes: foreignNodesText(found.map(({ node }) => node)),
          count: found.length,
          pids: found.slice(0, MAX_LOGGED).map(({ pid }) => pid),
          hint: 'If no other agent runs on this machine, they are left from a lost agent directory, a former MUSTER_NODE_ID or, after an @, another log: end them.',
        },
        'agent.exec.foreign-processes',
      );
    return found;
  }
}

function foreignProcess(pid: number, own: OwnWork): ForeignProcess[] {
  const identity = identityOf(pid);
  if (identity === undefined || own.has(identity) || !IDENTIFIER.test(identity.node)) return [];
  if (userOfProcess(pid) !== process.geteuid?.() || pidNamespaceOf(pid) !== pidNamespaceOf('self')) return [];
  const entry = readProcess(pid);
  return entry === undefined
    ? []
    : [{ pid, birth: entry.birth, node: own.nameOf(identity), gpus: identity.gpus }];
}

/** Undefined if the process has ended, or belongs to a user whose processes the agent may not inspect. */
function pidNamespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
