import { z } from 'zod';
import { event, type EventDefinition, type EventsOf } from '../event/definition.js';
import { port } from '../job/name.js';
import { chosenImage, imageDigest } from '../job/chosen-image.js';
import { usesIntervals } from '../job/restart.js';
import { taskGroup } from '../job/specification.js';
import { sealedText } from '../sealing/sealed-text.js';
import { serviceDescription, serviceName, serviceType, storedConfig } from './config.js';
import { deploymentId, deploymentNumber, serviceId, versionNumber } from './identifier.js';

const ofService = { serviceId };
const ofDeployment = { ...ofService, number: deploymentNumber };
const described = { name: serviceName, description: serviceDescription.nullable() };

/** Why a version or a deployment came to be. */
export const BECAUSE = ['created', 'started', 'updated', 'rolled_back', 'reverted'] as const;

/** What a version is. */
export const serviceVersion = z.strictObject({
  /** Its number: 1, 2, 3 … */
  version: versionNumber,
  /** As it was sent, without what is secret. */
  config: storedConfig,
  /** A keyed digest of all of it: two that are alike have the same. */
  digest: z.string().max(128),
  /** What of it is secret, sealed for the tenant: environment, variables, what was made for it, how it is reached. */
  sealed: sealedText.optional(),
  /** The template that it was rendered with. */
  template: z.string().max(100).optional(),
  /** What one instance is: one group of tasks, its environment sealed. How many there are is the deployment's to say. */
  work: taskGroup,
  /** The image that it was first seen to run: each further instance is begun from it. Absent: it has not run yet, or is to be looked for again. */
  imageDigest: imageDigest.optional(),
});
export type ServiceVersion = z.infer<typeof serviceVersion>;

/** Since version 2 it may have intervals and a reschedule policy. */
const configured = z.strictObject({ ...ofService, ...serviceVersion.shape, because: z.enum(BECAUSE), from: versionNumber.optional(), by: z.string() });

/** How one version takes the place of another. Times in seconds. */
export const rolloutPlan = z.strictObject({
  /** Instances that run at once in the end. */
  count: z.number().int().positive(),
  maxParallel: z.number().int().positive(),
  minHealthySeconds: z.number().nonnegative(),
  progressDeadlineSeconds: z.number().positive(),
  /** What served ends before it begins: both would hold the same volumes. */
  stopFirst: z.boolean(),
});
export type RolloutPlan = z.infer<typeof rolloutPlan>;

/** Host ports by port of the container. */
export const formerPorts = z.record(z.string().regex(/^\d{1,5}$/), port);
export type FormerPorts = z.infer<typeof formerPorts>;

/** How deployments end, in closed words; `message` says more. */
export const DEPLOYMENT_REASONS = ['healthy', 'failed', 'deadline', 'stopped', 'deleted', 'superseded'] as const;
const settled = z.strictObject({ code: z.enum(DEPLOYMENT_REASONS), message: z.string().max(2000) });
export type DeploymentReason = z.infer<typeof settled>;

/**
 * Stream `service-<uuid>`: what a service is, in versions, and its deployments. What becomes of a deployment's job is the job's, the plan log's and
 * the nodes' to say; that a deployment is done, or is not going to be, is decided here.
 */
export const serviceEvents = {
  ServiceCreated: event(z.strictObject({ ...ofService, ...described, type: serviceType, tenantId: z.string(), createdBy: z.string() })),
  /** It is called otherwise. */
  ServiceDescribed: event(z.strictObject({ ...ofService, ...described, by: z.string() })),
  /** A version. `from`: the one that it is again. */
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
      /** `nomad_job_id` of the contract: a label, no key. */
      label: z.string().max(300),
      because: z.enum(BECAUSE),
      by: z.string(),
      plan: rolloutPlan,
      /** Host ports that what it takes the place of had, by port of the container: it asks for the same again. */
      ports: formerPorts.optional(),
      image: chosenImage.optional(),
    }),
  ),
  /** What a version's reference of an image means from now on, as a node of this deployment told it first. */
  ServiceImagePinned: event(z.strictObject({ ...ofDeployment, version: versionNumber, imageDigest })),
  /** What it meant until now. It is looked for again when the version is begun next. */
  ServiceImageReleased: event(z.strictObject({ ...ofService, version: versionNumber, imageDigest, by: z.string() })),
  /** So many of its instances are well by now: so many more may begin, and so many of what served may end. */
  DeploymentAdvanced: event(z.strictObject({ ...ofDeployment, healthy: z.number().int().positive() })),
  /** `completed`: it serves from now on, and what served before ends. `revertedBy`: the deployment that takes it back, requested in the same append. */
  DeploymentSettled: event(
    z.strictObject({
      ...ofDeployment,
      outcome: z.enum(['completed', 'failed', 'cancelled']),
      reason: settled,
      revertedBy: deploymentNumber.optional(),
    }),
  ),
  /** What serves begins anew, as it is. `restarts`: how often it did by now; `pull`: its image is looked for again. */
  ServiceRestarted: event(z.strictObject({ ...ofDeployment, restarts: z.number().int().positive(), pull: z.literal(true).optional(), by: z.string() })),
  ServiceStopRequested: event(z.strictObject({ ...ofService, by: z.string() })),
  /** What served ended for good, and nobody had asked for it. */
  ServiceFailed: event(z.strictObject({ ...ofDeployment, reason: settled })),
  /** `volumes`: they go as well. */
  ServiceDeleted: event(z.strictObject({ ...ofService, volumes: z.boolean(), by: z.string() })),
} as const;

export type ServiceEvent = EventsOf<typeof serviceEvents>;
export type ServiceEventOf<Type extends ServiceEvent['type']> = Extract<ServiceEvent, { type: Type }>;
