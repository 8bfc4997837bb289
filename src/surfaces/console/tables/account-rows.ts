import { buildStatus, type BuildStatus } from '#domain/environments/environment/index.js';
import { placementOf } from '#domain/gpu/claim/index.js';
import { SERVICE_GROUP } from '#domain/services/service/index.js';
import { jobIdOf, newestSlot, runStatus, slotOf, taskOf } from '#domain/tasks/task/index.js';
import { slotsOf, waitingSentence } from '#domain/work/index.js';
import type { EnvironmentBuildDocument } from '#projections/environments/environment-builds.js';
import { currentEntry, type EnvironmentDocument } from '#projections/environments/environments.js';
import { statusOf, type GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import { activeWorkIn, type ServiceDocument } from '#projections/services/services.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import { scheduleText } from '#src/fleet/tasks/index.js';
import type { Row } from '../contract.js';
import { lower, time, type Made } from './made.js';

export interface TaskRow extends Omit<Row<'tasks'>, 'owner' | 'last' | 'skipped'> {
  readonly ownerId: string;
  readonly newestRun: number;
  readonly held: boolean;
}

export function taskEntry(task: TaskDocument): Made<TaskRow> {
  const { taskId, tenantId, createdBy, definition, status, nextSlot, newestRun, held } = task;
  const { name, work, timing } = definition;
  return {
    holder: { tenantId, userId: createdBy },
    text: lower(String(taskId), name, status, work.executor),
    row: {
      id: String(taskId),
      name,
      status,
      kind: work.executor,
      schedule:
        timing.pattern === undefined ? timeOrNull(timing.runAt) : (scheduleText(timing) ?? timing.pattern),
      next_at: nextSlot === null ? null : time(nextSlot),
      ownerId: createdBy,
      newestRun,
      held,
    },
  };
}

export interface RunRow extends Omit<Row<'runs'>, 'task_name' | 'node'> {
  readonly taskId: number;
  readonly nodeId: string | undefined;
}

export function runEntry(run: TaskRunDocument): Made<RunRow> {
  const { taskId, tenantId, run: number, trigger, createdAt, endedAt, ended, cancelReason } = run;
  const slot = ended === null ? newestSlot(run) : slotOf(run.work);
  const task = taskOf(slot);
  const status = runStatus(run);
  return {
    holder: tenantId === undefined ? undefined : { tenantId, userId: '' },
    text: lower(`${taskId}/${number}`, status, trigger),
    row: {
      task: String(taskId),
      taskId,
      number,
      status,
      trigger,
      nodeId: slot?.nodeId,
      queued_at: time(createdAt),
      started_at: typeof task?.startTime === 'number' ? time(task.startTime * 1000) : null,
      ended_at: endedAt === null ? null : time(endedAt),
      reason: cancelReason ?? task?.error ?? task?.message ?? slot?.message ?? null,
    },
  };
}

export function runId(taskId: number, number: number): string {
  return jobIdOf(taskId, number);
}

export interface ServiceRow extends Omit<Row<'services'>, 'owner' | 'url'> {
  readonly ownerId: string;
  readonly failure: string | null;
  /** The first port of the first running instance. */
  readonly endpoint: { readonly nodeId: string; readonly port: number } | undefined;
}

export function serviceEntry(service: ServiceDocument): Made<ServiceRow> {
  const { serviceId, tenantId, createdBy, name, type, status, updatedAt, failure } = service;
  const active = activeWorkIn(service);
  const slots = active.flatMap(({ work }) => slotsOf(work, SERVICE_GROUP)).filter(({ running }) => running);
  const first = slots.flatMap(({ nodeId, ports = {} }) =>
    Object.values(ports)
      .flat()
      .map(({ host }) => ({ nodeId, port: host })),
  )[0];
  const serving = active.find(({ standing }) => standing.kind === 'serving') ?? active.at(0);
  return {
    holder: { tenantId, userId: createdBy },
    text: lower(serviceId, name, type, status),
    row: {
      id: serviceId,
      name,
      status,
      template: type,
      endpoint: first,
      instances: slots.length,
      wanted: serving?.standing.instances ?? 0,
      changed_at: time(updatedAt),
      ownerId: createdBy,
      failure: failure?.message ?? null,
    },
  };
}

export interface EnvironmentRow extends Omit<Row<'environments'>, 'owner' | 'last_build' | 'status'> {
  readonly ownerId: string;
  readonly newestBuild: number;
}

/** The status is missing here, because the newest build determines it. */
export function environmentEntry(environment: EnvironmentDocument): Made<EnvironmentRow> {
  const { environmentId, tenantId, createdBy, name, newestBuild } = environment;
  const current = currentEntry(environment);
  return {
    holder: { tenantId, userId: createdBy },
    text: lower(environmentId, name),
    row: {
      id: environmentId,
      name,
      generation: current?.number ?? null,
      packages: current?.packages ?? 0,
      ownerId: createdBy,
      newestBuild,
    },
  };
}

export interface BuildRow {
  readonly status: BuildStatus;
  readonly at: string;
  readonly step: string | null;
}

export function buildEntry(build: EnvironmentBuildDocument): Made<BuildRow> {
  return {
    holder: undefined,
    text: '',
    row: {
      status: buildStatus(build),
      at: time(build.endedAt ?? build.requestedAt),
      step: build.step,
    },
  };
}

export interface ClaimRow extends Omit<Row<'claims'>, 'owner' | 'node'> {
  readonly ownerId: string;
  readonly nodeId: string | undefined;
}

export function claimEntry(claim: GpuClaimDocument): Made<ClaimRow> {
  const { claimId, userId, tenantId, gpuCount, createdAt, work, image } = claim;
  const { phase, reason } = statusOf(claim);
  const { blocked } = work;
  const group = blocked === null ? undefined : Object.keys(blocked)[0];
  const waits =
    phase !== 'Pending'
      ? null
      : blocked !== null && group !== undefined
        ? waitingSentence(blocked, group)
        : reason;
  return {
    holder: { tenantId, userId, private: true },
    text: lower(claimId, phase, image),
    row: {
      id: claimId,
      nodeId: placementOf(claim)?.nodeId,
      gpus: gpuCount,
      phase,
      ownerId: userId,
      since: time(createdAt),
      waits: waits === '' ? null : waits,
    },
  };
}

function timeOrNull(at: number | undefined): string | null {
  return at === undefined ? null : time(at);
}
