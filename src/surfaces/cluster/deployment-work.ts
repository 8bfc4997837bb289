import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { JobState } from '#domain/jobs/job/decider.js';
import type { JobEvent } from '#domain/jobs/job/events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';
import { decideDeployment, jobDeploymentDueAt } from '#domain/work/deployment.js';
import { JOB_DEPLOYMENTS, type JobDeploymentsDocument } from '#projections/jobs/job-deployments.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { specificationOf } from './job-versions.js';
import { SURFACE } from './surface.js';

const EVALUATIONS = new UuidNamespace('0d7c5b5e-2f1a-5c8f-9a0e-6f3d2b1c4e77');

/**
 * Drives job deployments: as instances become healthy, more slots are opened, and a missed deadline fails the deployment. Each step is recorded once
 * in the job's own stream. The only versions created here are rollbacks. All others are created by users.
 */
export const deploymentWork = ({
  eventStore,
}: {
  readonly eventStore: Pick<EventStore, 'readStream'>;
}): AnyOwnedWork =>
  ownedWork<JobCommand, JobEvent, JobState, JobDeploymentsDocument>({
    name: 'job-deployments',
    surface: SURFACE,
    projection: JOB_DEPLOYMENTS,
    aggregate: jobs,
    item: ({ jobId, rollout }) => ({
      stream: jobId,
      workId: `${jobId}.${rollout?.version ?? ''}`,
      jobId: '',
    }),
    origin: ({ jobId }) => ({ stream: jobId }),
    dueAt: jobDeploymentDueAt,
    view: ({ work }) => work,
    settle: async (state, { jobId, work, rollout: shown }, now) => {
      const rollout = state.kind === 'present' ? state.rollout : undefined;
      if (rollout === undefined || rollout.version !== shown?.version) return undefined;
      const judgement = decideDeployment({ rollout, work }, now);
      if (judgement === undefined) return undefined;
      const { version } = rollout;
      if (judgement.kind === 'advance')
        return { kind: 'advanceDeployment', jobId, version, healthy: judgement.healthy };
      const { reason } = judgement;
      const settled = {
        kind: 'settleDeployment',
        jobId,
        version,
        reason,
        evaluationId: EVALUATIONS.of(JSON.stringify([jobId, version])),
      } as const;
      if (judgement.kind === 'complete') return { ...settled, outcome: 'completed' };
      const former =
        rollout.former === null ? undefined : await specificationOf(eventStore, jobId, rollout.former);
      return { ...settled, outcome: 'failed', failed: judgement.group, former };
    },
    want: () => undefined,
    job: () => undefined,
  });
