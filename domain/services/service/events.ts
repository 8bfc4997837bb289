import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { port } from '../../jobs/job/name.js';
import { chosenImage, imageDigest } from '../../jobs/job/chosen-image.js';
import { taskGroup } from '../../jobs/job/specification.js';
import { sealedText } from '../../kernel/sealing/sealed-text.js';
import { OWNER_ENDS } from '../../work/owner-end.js';
import { serviceDescription, serviceName, serviceType, storedConfig } from './config.js';
import { deploymentId, deploymentNumber, serviceId, versionNumber } from './identifier.js';

const ofService = { serviceId };
const ofDeployment = { ...ofService, number: deploymentNumber };
const described = { name: serviceName, description: serviceDescription.nullable() };

export const BECAUSE = ['created', 'started', 'updated', 'rolled_back', 'reverted', 'rotated'] as const;

export const serviceVersion = z.strictObject({
  version: versionNumber,
  config: storedConfig,
  digest: z.string().max(128),
  sealed: sealedText.optional(),
  template: z.string().max(100).optional(),
  work: taskGroup,
  /** Number of instances and update policy of its template or job file. Absent if the configuration has its own, or neither has any. */
  inherited: storedConfig.pick({ count: true, update: true }).optional(),
  /** The image of the version's first instance. Absent if it has not been observed yet, or was released. */
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

export const rolloutPlan = z.strictObject({
  count: z.number().int().positive(),
  maxParallel: z.number().int().positive(),
  minHealthySeconds: z.number().nonnegative(),
  progressDeadlineSeconds: z.number().positive(),
  /** Whether the previous deployment is stopped first, because both would use the same volumes. */
  stopFirst: z.boolean(),
});
export type RolloutPlan = z.infer<typeof rolloutPlan>;

export const formerPorts = z.record(z.string().regex(/^\d{1,5}$/), port);
export type FormerPorts = z.infer<typeof formerPorts>;

const requested = z.strictObject({
  ...ofDeployment,
  deploymentId,
  version: versionNumber,
  label: z.string().max(300),
  because: z.enum(BECAUSE),
  by: z.string(),
  plan: rolloutPlan,
  ports: formerPorts.optional(),
  image: chosenImage.optional(),
  /**
   * The node on which the previous deployment is serving, if `plan.stopFirst` holds. The image is pulled there before the previous deployment is
   * stopped. Absent if nothing is serving, or if that node's agent cannot pull an image without running it.
   */
  pullOn: z.string().max(256).optional(),
});

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

const stopped = z.strictObject({ ...ofService, by: z.string(), because: z.enum(OWNER_ENDS).optional() });

/**
 * The stream `service-<uuid>` holds the versions of a service and its deployments, including the decision that a deployment has completed or failed.
 * The state of a deployment's job is in the streams of the job, the plan log and the nodes.
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
  ServiceConfigured: event(configured),
  DeploymentRequested: event(requested),
  /** The image to which a version's reference resolved, as first reported by a node of this deployment. */
  ServiceImagePinned: event(z.strictObject({ ...ofDeployment, version: versionNumber, imageDigest })),
  ServiceImageReleased: event(
    z.strictObject({ ...ofService, version: versionNumber, imageDigest, by: z.string() }),
  ),
  /** The image of a deployment with `pullOn` is on its node. The previous deployment is stopped now. */
  DeploymentPrepared: event(z.strictObject(ofDeployment)),
  DeploymentAdvanced: event(z.strictObject({ ...ofDeployment, healthy: z.number().int().positive() })),
  /** `completed` means that the deployment serves. `revertedBy` is the deployment that rolls it back. */
  DeploymentSettled: event(
    z.strictObject({
      ...ofDeployment,
      outcome: z.enum(['completed', 'failed', 'cancelled']),
      reason: settled,
      revertedBy: deploymentNumber.optional(),
    }),
    { failure: 'by outcome' },
  ),
  ServiceRestarted: event(
    z.strictObject({
      ...ofDeployment,
      restarts: z.number().int().positive(),
      pull: z.literal(true).optional(),
      by: z.string(),
    }),
  ),
  /** `because`: the end of the account that owned the service. */
  ServiceStopRequested: event(stopped, { ending: true }),
  /** `ownerId` is an account of the service's tenant. `because`: how the account ended that owned the service. */
  ServiceOwnerChanged: event(
    z.strictObject({ ...ofService, ownerId: z.string(), because: z.enum(OWNER_ENDS) }),
  ),
  ServiceFailed: event(z.strictObject({ ...ofDeployment, reason: settled }), { failure: 'always' }),
  ServiceDeleted: event(z.strictObject({ ...ofService, volumes: z.boolean(), by: z.string() }), {
    ending: true,
  }),
} as const;

export type ServiceEvent = EventsOf<typeof serviceEvents>;
export type ServiceEventOf<Type extends ServiceEvent['type']> = Extract<ServiceEvent, { type: Type }>;
