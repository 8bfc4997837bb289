import type { z } from 'zod';
import type { ArchivedAllocation } from '#domain/jobs/job/archive.js';
import { ALLOCATION_STATUSES } from '#domain/jobs/job/allocation-status.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { Task } from '#domain/jobs/job/specification.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { unknownStatusText, type TaskUsage } from '#domain/nodes/node/index.js';
import { contractTaskOf, isOfContract } from '#domain/protocol/index.js';
import type { NodeTelemetry } from '#src/fleet/nodes/index.js';
import { viewDeploymentOf } from './deployment-view.js';
import { echoed } from './specification.js';
import type { evaluationView, jobAllocation, jobView, nodeAllocation, nodeView } from './contract.js';
import type { templateSummary, templateView } from './template-contract.js';
import type { AllocationDocument, AllocationTaskDocument } from '#projections/jobs/allocations.js';
import type { JobEvaluation } from '#projections/jobs/evaluations.js';
import type { JobDeploymentsDocument } from '#projections/jobs/job-deployments.js';
import { tasksOfVersion, type JobDocument } from '#projections/jobs/jobs.js';
import type { NodeDocument } from '#projections/nodes/nodes.js';
import type { TemplateDocument } from '#projections/jobs/templates.js';

type ArchivedJob = Extract<JobState, { kind: 'archived' }>;

/** All conversions of documents to the contract's format. Specifications are returned as submitted, so views have the schemas' input types. */

export function viewJob(
  document: JobDocument,
  allocations: readonly z.input<typeof jobAllocation>[],
  deployment?: JobDeploymentsDocument,
): z.input<typeof jobView> {
  const { specification, blocked } = document;
  const retryAt = retryAtOf(document);
  const shown = deployment && viewDeploymentOf(deployment, document.version);
  return {
    job_id: document.jobId,
    task_groups: echoed(specification),
    constraints: specification.constraints ?? {},
    ...(specification.priority !== undefined && { priority: specification.priority }),
    status: document.status,
    version: document.version,
    ...(shown !== undefined && { deployment: shown }),
    ...(blocked !== null && {
      blocked: {
        evaluation_id: blocked.evaluationId,
        since: seconds(blocked.since),
        reasons: blocked.reasons,
      },
    }),
    ...(retryAt !== undefined && { retry_at: seconds(retryAt) }),
    allocations: [...allocations],
  };
}

/** Shows a job from its own stream, after it was removed from the read models. `specification` must be opened. */
export function viewArchivedJob({ specification, archive, at }: ArchivedJob): z.input<typeof jobView> {
  const { jobId, version, status, endedAt, leftOut } = archive;
  const job = { specification, first: version, former: [], since: {} };
  return {
    job_id: jobId,
    task_groups: echoed(specification),
    constraints: specification.constraints ?? {},
    ...(specification.priority !== undefined && { priority: specification.priority }),
    status,
    version,
    archived: { at: seconds(at), ended_at: seconds(endedAt), allocations_left_out: leftOut },
    allocations: archive.allocations.map((allocation) =>
      viewJobAllocation(allocation, tasksOf(job, allocation)),
    ),
  };
}

function retryAtOf({ slots, stopped, finished, version }: JobDocument): number | undefined {
  if (stopped || finished?.version === version) return undefined;
  const moments = Object.values(slots).flatMap((group) => group.flatMap((slot) => slot?.retryAt ?? []));
  return moments.length === 0 ? undefined : Math.min(...moments);
}

export function viewJobAllocation(
  document: Omit<ArchivedAllocation, 'tasks'> & Pick<AllocationDocument, 'tasks' | 'ports' | 'unknownStatus'>,
  tasks: readonly Task[],
): z.input<typeof jobAllocation> {
  return {
    allocation_id: document.allocationId,
    node_id: document.nodeId,
    task_group: document.group,
    status: document.status,
    start_time: document.startTime,
    end_time: document.endTime,
    ...messageOf(document),
    tasks: Object.fromEntries(
      tasks.map((task) => [
        task.name,
        viewTask(task, document.tasks[task.name], document.ports?.[task.name]),
      ]),
    ),
  };
}

export function tasksOf(
  job: Parameters<typeof tasksOfVersion>[0],
  { jobVersion, group }: Pick<AllocationDocument, 'jobVersion' | 'group'>,
): readonly Task[] {
  return tasksOfVersion(job, jobVersion, group);
}

function messageOf({ message, unknownStatus }: Pick<AllocationDocument, 'message' | 'unknownStatus'>): {
  message?: string;
} {
  if (message !== null) return { message };
  return unknownStatus === undefined ? {} : { message: unknownStatusText(unknownStatus) };
}

function viewTask(
  task: Task,
  heard: AllocationTaskDocument | undefined,
  ports: readonly AssignedPort[] | undefined,
) {
  return {
    resources: task.resources ?? {},
    config: contractTaskOf(task).config,
    ...(!isOfContract(task) && { driver: task.driver }),
    status: heard?.status ?? ('pending' as const),
    start_time: heard?.startTime ?? null,
    end_time: heard?.endTime ?? null,
    exit_code: heard?.exitCode ?? null,
    message: heard?.message ?? heard?.error ?? null,
    ...(heard?.usage && { usage: viewUsage(heard.usage) }),
    ...(heard?.containerId !== undefined && { container_id: heard.containerId }),
    ...(ports !== undefined && { ports: [...ports] }),
    ...(heard?.healthy !== undefined && { healthy: heard.healthy }),
    ...(heard?.healthMessage !== undefined && { health_message: heard.healthMessage }),
    ...(heard?.preparedTime !== undefined && { prepared_time: heard.preparedTime }),
    ...(heard?.imageDigest !== undefined && { image_digest: heard.imageDigest }),
  };
}

function viewUsage(usage: TaskUsage) {
  return {
    ...(usage.memoryPeakMb !== undefined && { memory_peak_mb: usage.memoryPeakMb }),
    ...(usage.memoryAverageMb !== undefined && { memory_average_mb: usage.memoryAverageMb }),
    ...(usage.cpuPeak !== undefined && { cpu_peak: usage.cpuPeak }),
    ...(usage.cpuAverage !== undefined && { cpu_average: usage.cpuAverage }),
    ...(usage.cpuSeconds !== undefined && { cpu_seconds: usage.cpuSeconds }),
  };
}

export function viewNode(
  document: NodeDocument,
  telemetry: NodeTelemetry | undefined,
  allocations: readonly z.input<typeof nodeAllocation>[],
  allocated: Readonly<Record<string, number>>,
): z.input<typeof nodeView> {
  return {
    node_id: document.nodeId,
    ip_address: document.ipAddress,
    resources: document.resources,
    attributes: document.attributes,
    ...(document.drivers && { drivers: [...document.drivers] }),
    healthy: document.healthy && !document.down,
    down: document.down,
    draining: document.draining,
    ...(document.drainUntil !== undefined && { drain_until: seconds(document.drainUntil) }),
    eligible: document.eligible,
    ...(document.unknownStatuses !== undefined && {
      unknown_statuses: { reported: [...document.unknownStatuses], known: [...ALLOCATION_STATUSES] },
    }),
    ...(document.refusedAgent !== undefined && {
      refused_agent: { ...document.refusedAgent, at: seconds(document.refusedAgent.at) },
    }),
    last_heartbeat: seconds(Math.max(document.lastHeartbeat, telemetry?.lastHeartbeat ?? 0)),
    registered_at: seconds(document.registeredAt),
    allocated: { ...allocated },
    allocations: [...allocations],
  };
}

export function viewNodeAllocation(document: AllocationDocument): z.input<typeof nodeAllocation> {
  return {
    allocation_id: document.allocationId,
    job_id: document.jobId,
    task_group: document.group,
    status: document.status,
    start_time: document.startTime,
    end_time: document.endTime,
    ...messageOf(document),
    ...(document.ports !== undefined && { ports: Object.values(document.ports).flat() }),
  };
}

export function viewEvaluation(
  { jobId }: Pick<JobDocument, 'jobId'>,
  evaluation: JobEvaluation,
  placed: readonly string[],
): z.input<typeof evaluationView> {
  const { id, asked, triggers = [] } = evaluation;
  return {
    evaluation_id: id,
    job_id: jobId,
    status: evaluation.status,
    triggers: [...(asked === undefined ? [] : [{ kind: asked, ref: id }]), ...triggers],
    placed: [...placed],
    placed_count: evaluation.placed ?? 0,
    reasons: evaluation.reasons ?? null,
    created_at: seconds(evaluation.createdAt),
    updated_at: seconds(evaluation.updatedAt),
  };
}

export function viewTemplateSummary(document: TemplateDocument): z.input<typeof templateSummary> {
  return {
    template_id: document.templateId,
    name: document.content.name,
    description: document.content.description ?? null,
    created_at: seconds(document.createdAt),
    updated_at: seconds(document.updatedAt),
  };
}

export function viewTemplate(document: TemplateDocument): z.input<typeof templateView> {
  const { name, description, constraints } = document.content;
  return {
    template_id: document.templateId,
    name,
    description: description ?? null,
    task_groups: echoed(document.content),
    constraints: constraints ?? {},
    created_at: seconds(document.createdAt),
    updated_at: seconds(document.updatedAt),
  };
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

/** Returns the task that a request names, or the only one. Throws `MUSTER_E_INVALID`. */
export function chooseTask(names: readonly string[], wanted: string | undefined): string {
  const [only] = names;
  if (wanted === undefined && only !== undefined && names.length === 1) return only;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw new MusterError('MUSTER_E_INVALID', {
    field: 'task',
    problem: names.length === 0 ? 'is no longer known' : `must be one of ${names.join(', ')}`,
  });
}
