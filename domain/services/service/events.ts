import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../../kernel/event/definition.js';
import { port } from '../../jobs/job/name.js';
import { chosenImage, imageDigest } from '../../jobs/job/chosen-image.js';
import { usesIntervals } from '../../jobs/job/restart.js';
import { taskGroup } from '../../jobs/job/specification.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { serviceDescription, serviceName, serviceType, storedConfig } from './config.js';
import { deploymentId, deploymentNumber, serviceId, versionNumber } from './identifier.js';

const ofService = { serviceId };
const ofDeployment = { ...ofService, number: deploymentNumber };
const described = { name: serviceName, description: serviceDescription.nullable() };

export const BECAUSE = ['created', 'started', 'updated', 'rolled_back', 'reverted'] as const;

export const serviceVersion = z.strictObject({
  /** From 1. */
  version: versionNumber,
  /** As sent, without secret values. */
  config: storedConfig,
  digest: z.string().max(128),
  /** Secret content, sealed for the tenant: environment, variables, generated values, connection string. */
  sealed: sealedText.optional(),
  template: z.string().max(100).optional(),
  /** One instance: a task group with a sealed environment. The deployment sets the count. */
  work: taskGroup,
  /**
   * The image that the version was first observed to run, used for all further instances. Absent: not observed yet, or
   * to be resolved again.
   */
  imageDigest: imageDigest.optional(),
});
export type ServiceVersion = z.infer<typeof serviceVersion>;

const configured = z.strictObject({
  ...ofService,
  ...serviceVersion.shape,
  because: z.enum(BECAUSE),
  from: versionNumber.optional(),
  by: z.string(),
});

/** Times are in seconds. */
export const rolloutPlan = z.strictObject({
  count: z.number().int().positive(),
  maxParallel: z.number().int().positive(),
  minHealthySeconds: z.number().nonnegative(),
  progressDeadlineSeconds: z.number().positive(),
  /** Stops the former deployment first, because both would use the same volumes. */
  stopFirst: z.boolean(),
});
export type RolloutPlan = z.infer<typeof rolloutPlan>;

export const formerPorts = z.record(z.string().regex(/^\d{1,5}$/), port);
export type FormerPorts = z.infer<typeof formerPorts>;

/** Machine-readable; `message` has the details. */
export const DEPLOYMENT_REASONS = [
  'healthy',
  'failed',
  'deadline',
  'stopped',
  'deleted',
  'superseded',
] as const;
const settled = z.strictObject({ code: z.enum(DEPLOYMENT_REASONS), message: z.string().max(2000) });
export type DeploymentReason = z.infer<typeof settled>;

/**
 * The stream `service-<uuid>` holds the versions of a service and its deployments, including the decision that a
 * deployment has completed or failed. The state of a deployment's job is in the streams of the job, the plan log and
 * the nodes.
 */
export const serviceEvents = {
  ServiceCreated: event(
    z.strictObject({
      ...ofService,
      ...described,
      type: serviceType,
      tenantId: z.string(),
      createdBy: z.string(),
    }),
  ),
  ServiceDescribed: event(z.strictObject({ ...ofService, ...described, by: z.string() })),
  /** A new version. `from`: the version that it restores. */
  ServiceConfigured: {
    version: 2,
    writtenAs: ({ config, work }) => (usesIntervals(config) || usesIntervals(work) ? 2 : 1),
    schema: configured,
    upcasters: { 1: (data) => data },
  } as EventDefinition<typeof configured>,
  DeploymentRequested: event(
    z.strictObject({
      ...ofDeployment,
      deploymentId,
      version: versionNumber,
      /** `nomad_job_id` of the contract: a label that need not be unique. */
      label: z.string().max(300),
      because: z.enum(BECAUSE),
      by: z.string(),
      plan: rolloutPlan,
      /** Host ports of the former deployment by container port, which it prefers. */
      ports: formerPorts.optional(),
      image: chosenImage.optional(),
    }),
  ),
  /** The image that a version's reference resolved to, as a node of this deployment first reported it. */
  ServiceImagePinned: event(z.strictObject({ ...ofDeployment, version: versionNumber, imageDigest })),
  /** The former resolution. The reference is resolved again when the version starts next. */
  ServiceImageReleased: event(
    z.strictObject({ ...ofService, version: versionNumber, imageDigest, by: z.string() }),
  ),
  /** Number of healthy instances; as many more may start, and as many of the former ones may stop. */
  DeploymentAdvanced: event(z.strictObject({ ...ofDeployment, healthy: z.number().int().positive() })),
  /**
   * `completed`: it serves, and the former deployment ends. `revertedBy`: the deployment that rolls it back, requested
   * in the same append.
   */
  DeploymentSettled: event(
    z.strictObject({
      ...ofDeployment,
      outcome: z.enum(['completed', 'failed', 'cancelled']),
      reason: settled,
      revertedBy: deploymentNumber.optional(),
    }),
  ),
  /** Restarts the serving deployment. `restarts`: number of restarts so far; `pull`: resolves its image again. */
  ServiceRestarted: event(
    z.strictObject({
      ...ofDeployment,
      restarts: z.number().int().positive(),
      pull: z.literal(true).optional(),
      by: z.string(),
    }),
  ),
  ServiceStopRequested: event(z.strictObject({ ...ofService, by: z.string() })),
  /** The serving deployment ended for good without a request. */
  ServiceFailed: event(z.strictObject({ ...ofDeployment, reason: settled })),
  /** `volumes`: deletes its volumes, too. */
  ServiceDeleted: event(z.strictObject({ ...ofService, volumes: z.boolean(), by: z.string() })),
} as const;

export type ServiceEvent = EventsOf<typeof serviceEvents>;
export type ServiceEventOf<Type extends ServiceEvent['type']> = Extract<ServiceEvent, { type: Type }>;
