import {
  whyAllocation,
  whyBuild,
  whyClaim,
  whyEnvironment,
  whyNode,
  whyRequest,
  whyRun,
  whyService,
  whyTask,
  type ExplainedEvent,
  type Why,
} from '#domain/explain/index.js';
import { buildJobOf } from '#domain/environments/environment/index.js';
import { jobIdOf as jobOfClaim } from '#domain/gpu/claim/index.js';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { SCHEDULER_STREAM, streamName } from '#domain/kernel/event/index.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { deploymentJobOf } from '#domain/services/service/index.js';
import { jobIdOf as jobOfRun, nextRunAt, tasks } from '#domain/tasks/task/index.js';
import type { GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';
import type { ServiceDocument } from '#projections/services/services.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';
import type { TaskDocument } from '#projections/tasks/tasks.js';
import type { ObjectKind } from '#src/features/visibility/index.js';
import { concernsRun } from '#src/features/history/index.js';
import { explainJob, JOB_COMMANDS } from './explain-job.js';
import {
  CHAIN_EVENTS,
  document,
  merged,
  names,
  NODES_LISTED,
  STOP_TAKES_MS,
  type Asked,
  type Explained,
  type Explainer,
} from './explained.js';

export const KINDS = [
  'jobs',
  'allocations',
  'nodes',
  'runs',
  'claims',
  'services',
  'requests',
  'tasks',
  'environments',
  'builds',
] as const;
export type Kind = (typeof KINDS)[number];

const OBJECT_KINDS = {
  jobs: 'job',
  allocations: 'allocation',
  nodes: 'node',
  runs: 'run',
  claims: 'claim',
  services: 'service',
  tasks: 'task',
  environments: 'environment',
  builds: 'environment',
} as const satisfies Record<Exclude<Kind, 'requests'>, ObjectKind>;

/** Returns the object whose visibility decides whether the caller may see the explanation. */
export function ownerOf(
  kind: Exclude<Kind, 'requests'>,
  id: string,
): { readonly kind: ObjectKind; readonly id: string } {
  return { kind: OBJECT_KINDS[kind], id: kind === 'builds' ? (BUILD.exec(id)?.[1] ?? '') : id };
}

const CLAIM_STREAMS = 'gpuClaim';
const SERVICE_STREAMS = 'service';
const TASK_STREAMS = tasks.category;
const TASKS = catalogOf(tasks);
const ENVIRONMENT_STREAMS = 'environment';
/** Number of events of a job's owner near which the scheduler's events about the job are searched. */
const OWNER_HINTS = 3;
/** Usual maximum time between the end of a job and the event with which its owner follows it. */
const OWNER_FOLLOWS_MS = 10_000;

/** Returns undefined if there is no such object. Throws `MUSTER_E_OVERLOADED`. */
export async function explain(parts: Explainer, kind: Kind, asked: Asked): Promise<Explained | undefined> {
  switch (kind) {
    case 'jobs':
      return await explainJob(parts, asked);
    case 'allocations':
      return await explainAllocation(parts, asked);
    case 'nodes':
      return await explainNode(parts, asked);
    case 'runs':
      return await explainRun(parts, asked);
    case 'claims':
      return await explainClaim(parts, asked);
    case 'services':
      return await explainService(parts, asked);
    case 'tasks':
      return await explainTask(parts, asked);
    case 'environments':
      return await explainEnvironment(parts, asked);
    case 'builds':
      return await explainBuild(parts, asked);
    case 'requests': {
      const { events, isComplete } = await parts.search.ofCorrelation(asked.id, CHAIN_EVENTS);
      return events.length === 0 ? undefined : { why: whyRequest(events), events, isComplete };
    }
  }
}

async function explainAllocation(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const allocation = await document<AllocationDocument>(parts, 'allocations', id);
  if (allocation === undefined) return undefined;
  const { search, decisions } = parts;
  const { nodeId, jobId, jobVersion, createdAt, releasedAt, endTime, stopRequested, released } = allocation;
  const wanted = names('allocationId', id);
  const isReleased = (event: RecordedEvent): boolean => event.type === 'AllocationReleased';
  const node = streamName('node', nodeId);
  const job = streamName('job', jobId);
  const found = await Promise.all([
    search.since(SCHEDULER_STREAM, createdAt, wanted, isReleased),
    search.since(node, createdAt, wanted),
    search.at(job, jobVersion).then((event) => (event === undefined ? [] : [event])),
    search.newest(job, 20, ({ type, revision }) => revision > jobVersion && JOB_COMMANDS.has(type)),
    ...(stopRequested === 'drain' ? [search.newest(node, 1, ({ type }) => type === 'NodeDrainStarted')] : []),
    ...(endTime === null ? [] : [search.since(node, endTime * 1000, wanted)]),
    ...(releasedAt === undefined
      ? []
      : [
          search.since(SCHEDULER_STREAM, releasedAt, wanted, isReleased),
          search.since(SCHEDULER_STREAM, releasedAt - STOP_TAKES_MS, wanted, isReleased),
        ]),
    ...(released === 'lost' && releasedAt !== undefined
      ? [
          search.since(
            node,
            releasedAt - STOP_TAKES_MS,
            ({ type }) => type === 'NodeWentDown',
            () => true,
          ),
        ]
      : []),
  ]);
  const events = merged(found);
  const placed = events.find(({ type }) => type === 'AllocationPlaced');
  const decision =
    placed && (await decisions?.explain({ revision: placed.revision, nodes: NODES_LISTED, node: not }));
  const repeated = decision?.kind === 'placement' ? decision : undefined;
  return { why: whyAllocation(events, repeated, not), decision, events, isComplete: placed !== undefined };
}

async function explainNode(
  { search }: Explainer,
  { id }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const events = await search.newest(streamName('node', id), CHAIN_EVENTS, ({ type }) =>
    type.startsWith('Node'),
  );
  if (events.length === 0) return undefined;
  return { why: whyNode(events), events, isComplete: events[0]?.revision === 0 };
}

const RUN = /^([1-9]\d{0,15})\/([1-9]\d{0,15})$/;
const TASK = /^[1-9]\d{0,15}$/;
const SLOT = /^([1-9]\d{0,15})@(.{1,40})$/;

async function explainRun(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const [, ofSlot, text] = SLOT.exec(id) ?? [];
  if (ofSlot !== undefined && text !== undefined) return await explainSlot(parts, ofSlot, Date.parse(text));
  const [, task, number] = RUN.exec(id) ?? [];
  if (task === undefined || number === undefined) return undefined;
  const run = Number(number);
  const stream = streamName(TASK_STREAMS, task);
  const job = jobOfRun(Number(task), run);
  const stored = await document<TaskRunDocument>(parts, 'taskRuns', job);
  const wanted = (recorded: RecordedEvent): boolean => {
    const event = TASKS.decodeOurs(recorded);
    return event !== undefined && concernsRun(event, run);
  };
  const times = [stored?.createdAt, stored?.endedAt ?? undefined];
  const found = await Promise.all([
    parts.search.newest(stream, CHAIN_EVENTS, wanted),
    ...times.map(async (at) => (at === undefined ? [] : await parts.search.since(stream, at, wanted))),
  ]);
  const own = merged(found);
  if (own.length === 0) return undefined;
  return await withJob(parts, { own, job, not }, whyRun);
}

async function explainSlot(
  { search }: Explainer,
  task: string,
  slot: number,
): Promise<Explained<ExplainedEvent> | undefined> {
  if (Number.isNaN(slot)) return undefined;
  const covers = ({ type, data }: RecordedEvent): boolean => {
    if (type !== 'TaskSlotDecided') return false;
    const { slot: from, until = from } = JSON.parse(data) as {
      readonly slot: number;
      readonly until?: number;
    };
    return from <= slot && slot <= until;
  };
  const events = await search.since(streamName(TASK_STREAMS, task), slot, covers, () => true);
  return events.length === 0 ? undefined : { why: whyRun(events, undefined), events, isComplete: true };
}

async function explainClaim(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const claim = await document<GpuClaimDocument>(parts, 'gpuClaims', id);
  if (claim === undefined) return undefined;
  const stream = streamName(CLAIM_STREAMS, claim.userId);
  const wanted = names('claimId', id);
  const own = merged(
    await Promise.all([
      parts.search.since(stream, claim.createdAt, wanted),
      parts.search.since(stream, claim.updatedAt, wanted),
    ]),
  );
  return await withJob(parts, { own, job: jobOfClaim(id), not }, whyClaim);
}

async function explainService(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const own = await parts.search.newest(streamName(SERVICE_STREAMS, id), CHAIN_EVENTS);
  if (own.length === 0) return undefined;
  const service = await document<ServiceDocument>(parts, 'services', id);
  const newest = service?.deployments[0];
  const job = newest === undefined ? undefined : deploymentJobOf(id, newest.number);
  return await withJob(parts, { own, job, not }, (events, ofJob) =>
    whyService(events, ofJob, service?.status),
  );
}

async function explainTask(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  if (!TASK.test(id)) return undefined;
  const own = await parts.search.newest(streamName(TASK_STREAMS, id), CHAIN_EVENTS);
  if (own.length === 0) return undefined;
  const task = await document<TaskDocument>(parts, 'tasks', id);
  const run = task?.newestRun ?? 0;
  const ofRun = run === 0 ? undefined : await explainRun(parts, { id: `${id}/${run}`, not });
  return {
    why: whyTask(
      own,
      task && { ...task, next: nextRunAt(task, task.held ? parts.clock.now() : 0) },
      ofRun && { run, why: ofRun.why },
    ),
    decision: ofRun?.decision,
    events: merged([own, ofRun?.events ?? []]),
    isComplete: own[0]?.revision === 0 && ofRun?.isComplete !== false,
  };
}

const BUILD = /^([0-9a-f-]{36})\/([1-9]\d{0,15})$/;

async function explainEnvironment(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const own = await parts.search.newest(streamName(ENVIRONMENT_STREAMS, id), CHAIN_EVENTS);
  const newest = own.findLast(({ type }) => type === 'EnvironmentBuildRequested');
  if (own.length === 0) return undefined;
  const job = newest?.type === 'EnvironmentBuildRequested' ? buildJobOf(id, newest.data.build) : undefined;
  return await withJob(parts, { own, job, not }, whyEnvironment);
}

async function explainBuild(
  parts: Explainer,
  { id, not }: Asked,
): Promise<Explained<ExplainedEvent> | undefined> {
  const [, environment, number] = BUILD.exec(id) ?? [];
  if (environment === undefined || number === undefined) return undefined;
  const build = Number(number);
  const events = await parts.search.newest(streamName(ENVIRONMENT_STREAMS, environment), CHAIN_EVENTS);
  const own = events.filter(({ data }) => 'build' in data && data.build === build);
  if (own.length === 0) return undefined;
  const job = buildJobOf(environment, build);
  return await withJob(parts, { own, job, not }, (_, ofJob) => whyBuild(events, build, ofJob));
}

interface Owner {
  readonly own: readonly ExplainedEvent[];
  readonly job: string | undefined;
  readonly not: string | undefined;
}

async function withJob(
  parts: Explainer,
  { own, job, not }: Owner,
  why: (
    events: readonly ExplainedEvent[],
    ofJob: Why | undefined,
    jobEvents: readonly ExplainedEvent[] | undefined,
  ) => Why,
): Promise<Explained<ExplainedEvent>> {
  const hints = own.slice(-OWNER_HINTS).map(({ metadata }) => metadata.at - OWNER_FOLLOWS_MS);
  const ofJob = job === undefined ? undefined : await explainJob(parts, { id: job, not }, hints);
  return {
    why: why(own, ofJob?.why, ofJob?.events),
    decision: ofJob?.decision,
    events: merged([own, ofJob?.events ?? []]),
    isComplete: ofJob?.isComplete ?? true,
  };
}
