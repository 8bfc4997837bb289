import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import { jobDecider, type JobState } from '#domain/jobs/job/decider.js';
import { DRAIN_SECONDS } from '#domain/nodes/node/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Branch } from '#domain/scheduling/branch/index.js';
import type { ClusterState } from '#domain/scheduling/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { WhatIfChange } from './question.js';

type NodeFacts = NonNullable<ClusterState['nodes'][number]['facts']>;
type JobChange = Extract<WhatIfChange, { kind: 'submit' | 'stop' | 'priority' }>;

const REASON = 'what-if';

/**
 * Applies one change to the branch, with the events that the real command would append. Throws the command's errors, such as
 * `MUSTER_E_NODE_NOT_FOUND`, `MUSTER_E_JOB_NOT_FOUND` and `MUSTER_E_JOB_ARCHIVED`, and `MUSTER_E_INVALID` if the job has ended.
 * @param field name of the request field, for errors
 */
export async function applyChange(
  branch: Branch,
  executor: Pick<CommandExecutor, 'load'>,
  change: WhatIfChange,
  field: string,
): Promise<void> {
  switch (change.kind) {
    case 'drain':
      if (!factsOf(branch, change.node).draining)
        branch.apply({
          type: 'NodeDrainStarted',
          data: { nodeId: change.node, deadlineSeconds: DRAIN_SECONDS },
        });
      return;
    case 'down': {
      const { epoch, down } = factsOf(branch, change.node);
      if (!down) branch.apply({ type: 'NodeWentDown', data: { nodeId: change.node, epoch, reason: REASON } });
      return;
    }
    case 'eligible': {
      const { node, eligible } = change;
      if (factsOf(branch, node).eligible !== eligible)
        branch.apply({ type: 'NodeEligibilitySet', data: { nodeId: node, eligible } });
      return;
    }
    case 'addNodes':
      return addNodes(branch, change);
    case 'submit':
    case 'stop':
    case 'priority':
      return await changeJob(branch, executor, change, field);
    case 'fit':
      return;
  }
}

function factsOf({ state }: Pick<Branch, 'state'>, nodeId: string): NodeFacts {
  const index = state.ledger.find(nodeId);
  const facts = index === undefined ? undefined : state.nodes[index]?.facts;
  if (facts === undefined) throw new MusterError('MUSTER_E_NODE_NOT_FOUND', { nodeId });
  return facts;
}

/** New nodes are named `<like>+1` and so on. Real identifiers do not contain `+`. */
function addNodes(branch: Branch, { like, count }: Extract<WhatIfChange, { kind: 'addNodes' }>): void {
  const { ipAddress, resources, attributes, drivers, slots, tags } = factsOf(branch, like);
  let number = 0;
  for (let added = 0; added < count; added += 1) {
    do number += 1;
    while (branch.state.ledger.find(`${like}+${number}`) !== undefined);
    const nodeId = `${like}+${number}`;
    branch.apply({
      type: 'NodeRegistered',
      data: {
        nodeId,
        epoch: 1,
        ipAddress,
        resources: { ...resources },
        attributes,
        drivers: [...drivers],
        healthy: true,
        endpoint: null,
        protocol: 'muster',
      },
    });
    if (slots !== undefined) branch.apply({ type: 'NodeSlotsSet', data: { nodeId, slots } });
    if (tags !== undefined) branch.apply({ type: 'NodeTagsSet', data: { nodeId, tags: [...tags] } });
  }
}

async function changeJob(
  branch: Branch,
  executor: Pick<CommandExecutor, 'load'>,
  change: JobChange,
  field: string,
): Promise<void> {
  const jobId = change.kind === 'submit' ? change.jobId : change.job;
  const state = await executor.load(jobs, jobId);
  const events = jobDecider.decide(commandOf(change, state, branch, field), state);
  const newest = Math.max(
    state.kind === 'present' ? state.version : -1,
    branch.state.jobs.get(jobId)?.version ?? -1,
  );
  for (const [index, event] of events.entries()) branch.apply(event, newest + 1 + index);
  // Deployments are assumed to succeed, because their pace depends on the health of instances.
  const version = branch.state.jobs.get(jobId)?.version;
  if (events.length > 0 && change.kind !== 'stop' && version !== undefined)
    branch.apply({
      type: 'JobDeploymentSettled',
      data: { jobId, version, outcome: 'completed', reason: { code: 'healthy', message: REASON } },
    });
}

function commandOf(change: JobChange, state: JobState, branch: Branch, field: string): JobCommand {
  switch (change.kind) {
    case 'submit': {
      const { jobId, evaluationId, specification } = change;
      return { kind: 'submit', jobId, evaluationId, specification };
    }
    case 'stop':
      return { kind: 'stop', jobId: change.job, evaluationId: REASON };
    case 'priority': {
      const { job: jobId, priority } = change;
      if (state.kind === 'absent') throw new MusterError('MUSTER_E_JOB_NOT_FOUND');
      // A real update would restart the job.
      if (state.kind === 'archived' || state.stopped || !branch.state.jobs.has(jobId))
        throw new MusterError('MUSTER_E_INVALID', { field, problem: `job ${jobId} has ended` });
      const specification = { ...state.specification, priority };
      return { kind: 'update', jobId, evaluationId: REASON, specification };
    }
  }
}
