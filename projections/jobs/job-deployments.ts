import { jobEvents } from '#domain/jobs/job/events.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { only, type RecordedOf } from '#domain/kernel/event/index.js';
import type { JobDeploymentReason } from '#domain/jobs/job/deployment.js';
import { evolveRollout, type JobRollout } from '#domain/jobs/job/rollout.js';
import { jobDeploymentDueAt, type DeploymentWork } from '#domain/work/deployment.js';
import {
  dueValue,
  evolveWork,
  healthySince,
  NO_WORK,
  slotsOf,
  WORK_EVENTS,
  type WorkView,
} from '#domain/work/index.js';
import { projection, type Projection } from '#domain/kernel/projection.js';

export interface SettledDeployment {
  readonly rollout: JobRollout;
  readonly reason: JobDeploymentReason;
  readonly settledAt: number;
  readonly healthy: Readonly<Record<string, number>>;
}

/** `jobDeployments`, id = job id; only for jobs that had a group with `update`. Index: `due` (a decision about the latest deployment is due). */
export interface JobDeploymentsDocument extends DeploymentWork {
  readonly jobId: string;
  readonly settled: readonly SettledDeployment[];
}

const MAX_SETTLED = 20;

const DEPLOYMENT_EVENTS = only(
  jobEvents,
  'JobDeploymentStarted',
  'JobDeploymentAdvanced',
  'JobDeploymentSettled',
);
const EVENTS = { ...WORK_EVENTS, ...DEPLOYMENT_EVENTS, ...only(jobEvents, 'JobArchived') };
type Event = RecordedOf<typeof EVENTS>;
type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;
type Submission = EventOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'>;

/** The part of the model that needs no catalog. */
export const JOB_DEPLOYMENTS = { name: 'jobDeployments', events: Object.keys(EVENTS) };

/** Deployments of the jobs that Muster does not submit itself. */
export function jobDeployments(catalog: Pick<Catalog, 'isOwnedJob'>): Projection {
  return projection<JobDeploymentsDocument, typeof EVENTS>({
    name: JOB_DEPLOYMENTS.name,
    version: 3,
    events: EVENTS,
    indexes: { due: (document) => dueValue(jobDeploymentDueAt(document)) },
    touches: ({ data: { jobId } }) => (catalog.isOwnedJob(jobId) ? [] : [jobId]),
    // Most jobs have no rollout, so they never have a document.
    begins,
    evolve: (document, event) => {
      switch (event.type) {
        case 'JobDeleted':
        case 'JobArchived':
          return undefined;
        case 'JobSubmitted':
          return begins(event) ? begun(event) : undefined;
        case 'JobUpdated':
        case 'JobRestarted':
          if (document === undefined) return begins(event) ? begun(event) : undefined;
          return { ...document, work: evolveWork(document.work, event), rollout: null };
        case 'JobDeploymentStarted':
        case 'JobDeploymentAdvanced':
          return document && { ...document, rollout: rolledBy(document, event) };
        case 'JobDeploymentSettled':
          return document && settled(document, event);
        default: {
          if (document === undefined) return undefined;
          const work = evolveWork(document.work, event);
          return work === document.work ? document : { ...document, work };
        }
      }
    },
  });
}

function begins(event: Event): event is Submission {
  switch (event.type) {
    case 'JobSubmitted':
    case 'JobUpdated':
    case 'JobRestarted':
      return event.data.specification.task_groups.some(({ update }) => update !== undefined);
    default:
      return false;
  }
}

function begun(event: Submission): JobDeploymentsDocument {
  return { jobId: event.data.jobId, settled: [], rollout: null, work: evolveWork(NO_WORK, event) };
}

function rolledBy(
  { rollout, work }: JobDeploymentsDocument,
  event: RecordedOf<typeof DEPLOYMENT_EVENTS>,
): JobRollout | null {
  return evolveRollout(rollout ?? undefined, work.version, event) ?? null;
}

function settled(
  document: JobDeploymentsDocument,
  event: EventOf<'JobDeploymentSettled'>,
): JobDeploymentsDocument {
  const rollout = rolledBy(document, event);
  if (rollout === null || rollout === document.rollout) return document;
  const end = {
    rollout,
    reason: event.data.reason,
    settledAt: event.metadata.at,
    healthy: healthyIn(document.work, rollout),
  };
  return { ...document, rollout, settled: [...document.settled, end].slice(-MAX_SETTLED) };
}

export function healthyIn(work: WorkView, rollout: JobRollout): Record<string, number> {
  return Object.fromEntries(
    rollout.groups.map(({ name }) => [
      name,
      slotsOf(work, name).filter((slot) => healthySince(slot) !== null).length,
    ]),
  );
}
