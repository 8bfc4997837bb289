import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { MusterError } from '#domain/kernel/errors/index.js';
import { volumeName } from '#domain/jobs/job/volume.js';
import { seesAll } from '#domain/accounts/user/index.js';
import { volumeErrors } from '#domain/volumes/index.js';
import {
  portsOf,
  serviceErrors,
  type Configuration,
  type FormerPorts,
  type PresentService,
  type ServiceConfig,
} from '#domain/services/service/index.js';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { services as serviceModel, type ServiceDocument } from '#projections/services/services.js';
import {
  serviceDeployments,
  type ServiceDeploymentDocument,
} from '#projections/services/service-deployments.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import {
  mayChange,
  maySee,
  TenantRegistries,
  type UserPrincipal,
  type Identity,
  type Quotas,
} from '#src/accounts/index.js';
import {
  AccountQueues,
  markStale,
  read,
  SurfaceCalls,
  type CallParts,
  type SurfaceHost,
  type ReadinessCheck,
} from '#src/http/index.js';
import { MAX_JOB_FILES } from '#src/features/job-files/index.js';
import type { LogParts } from '#src/features/task-logs/index.js';
import type { CommandParts } from '#src/features/exec/index.js';
import type { VisibilityParts } from '#src/features/visibility/index.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import { Configurations, type ConfigurationOwner, type SecretPart } from './configurations.js';
import { configView } from './service-view.js';
import { newestDeployments } from './newest-deployments.js';
import { Services } from './services.js';
import type { ServicesSettings } from './settings.js';
import { madeVolume, type MadeVolume } from './volume-view.js';
import { uuidIn } from './uuid-in.js';
import { Volumes } from './volumes.js';

/** Number of deployments that are searched for the last host ports: some may have failed before they were placed. */
const LAST_DEPLOYMENTS = 10;

export const SERVICES_SURFACE = 'services';

type Owned = Pick<PresentService, 'tenantId' | 'createdBy'>;

/** What this surface uses of the server. */
export type ServicesParts = CallParts &
  CommandParts &
  LogParts &
  VisibilityParts & {
    readonly identity: Identity;
    readonly quotas: Quotas;
    readonly clock: Clock;
    readonly agentChannel: AgentChannel;
    readonly results: Pick<TaskResults, 'read'>;
    readonly dryRuns: DryRuns;
    readonly readiness: () => readonly ReadinessCheck[];
    readonly logger: Pick<Logger, 'error' | 'warn'>;
    /** Whether all parts show a past moment, so that nothing new ever happens and responses are not sent before they are complete. */
    readonly isPast?: boolean;
  };

export class ServicesSurface extends SurfaceCalls<ServicesParts> {
  readonly services: Services;
  readonly volumes: Volumes;
  readonly configurations: Configurations;
  readonly registries: TenantRegistries;
  readonly #jobFiles = new AccountQueues({ all: MAX_JOB_FILES, what: 'job files' });

  constructor(
    host: SurfaceHost<ServicesParts>,
    readonly settings: ServicesSettings,
  ) {
    super(SERVICES_SURFACE, host);
    const { executor, clock, identity } = host.parts;
    this.volumes = new Volumes(executor);
    this.services = new Services({
      executor,
      volumes: this.volumes,
      quotas: host.parts.quotas,
      clock,
      most: settings.maxPerTenant,
    });
    this.configurations = new Configurations({ identity, executor });
    this.registries = new TenantRegistries({ executor, sealer: identity.sealer });
  }

  /** Finds the service in the caller's tenant that a path refers to. Throws `MUSTER_E_ID_INVALID` or `MUSTER_E_SERVICE_NOT_FOUND`. */
  async service(request: FastifyRequest, reply: FastifyReply, id: string): Promise<ServiceDocument> {
    const stored = await this.parts.readModels.get(serviceModel.name, uuidIn(id, 'service'));
    const service = this.#seen(request, stored && read<ServiceDocument>(stored));
    // Must come after the access check, because the mark reveals that the object exists.
    if (stored?.parked === true) markStale(reply);
    return service;
  }

  /** Finds a service that the caller may change. Throws the same errors as `service`, and `MUSTER_E_SERVICE_NOT_YOURS`. */
  async changeable(request: FastifyRequest, reply: FastifyReply, id: string): Promise<ServiceDocument> {
    return this.#own(request, await this.service(request, reply, id));
  }

  /** Creates a version from a request. A thread parses job files, which accounts share. */
  async configurationOf(
    account: UserPrincipal,
    owner: Omit<ConfigurationOwner, 'role'>,
    sent: ServiceConfig,
  ): Promise<Configuration> {
    const make = async (): Promise<Configuration> =>
      await this.configurations.of({ ...owner, role: account.role }, sent);
    return sent.nomad_job_file === undefined ? await make() : await this.#jobFiles.run(account, make);
  }

  /** Returns the configuration of a service as it was sent, including its secrets. Throws `MUSTER_E_SERVICE_NO_TEMPLATE` if it names no template. */
  async sentBy({ config, sealed, template }: ServiceDocument): Promise<ServiceConfig> {
    if (template === undefined) throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NO_TEMPLATE);
    return configView(config, await this.configurations.open(sealed));
  }

  async presentService(request: FastifyRequest, id: string): Promise<PresentService> {
    return this.#own(request, this.#seen(request, await this.services.find(uuidIn(id, 'service'))));
  }

  /** Throws `MUSTER_E_QUOTA_TOO_SMALL` if a single instance would exceed a quota. */
  async checkQuota(
    { tenantId, createdBy }: Owned,
    { tasks }: TaskGroup,
    context: CommandContext,
  ): Promise<void> {
    const sum = (resource: 'cpu' | 'memory'): number =>
      tasks.reduce((total, { resources = {} }) => total + (resources[resource] ?? 0), 0);
    await this.parts.quotas.demand(
      { tenantId, account: createdBy },
      { cpu: sum('cpu'), memory: sum('memory') },
      context,
    );
  }

  /** Returns the tenant whose objects a list has, or undefined for all. Throws `MUSTER_E_FORBIDDEN` if the caller may not see all. */
  listedTenant(request: FastifyRequest, all: 'true' | 'false' | undefined): string | undefined {
    const { role, tenantId } = this.account(request);
    if (all !== 'true') return tenantId;
    if (!seesAll(role))
      throw new MusterError('MUSTER_E_FORBIDDEN', {
        problem: 'all_tenants requires an administrator or auditor',
      });
    return undefined;
  }

  /** Finds the volume in the caller's tenant that a path refers to. Throws `MUSTER_E_ID_INVALID` or `MUSTER_E_VOLUME_NOT_FOUND`. */
  async volume(request: FastifyRequest, reply: FastifyReply, id: string): Promise<MadeVolume> {
    if (!volumeName.safeParse(id).success) throw new MusterError('MUSTER_E_ID_INVALID', { of: 'volume' });
    const stored = await this.parts.readModels.get(volumeModel.name, id);
    const volume = stored && madeVolume(read<VolumeDocument>(stored));
    if (volume === undefined || !maySee(this.account(request), volume.holder))
      throw new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_FOUND);
    if (stored?.parked === true) markStale(reply);
    return volume;
  }

  /** Finds a volume that the caller may delete. Throws the same errors as `volume`, and `MUSTER_E_VOLUME_NOT_YOURS`. */
  async changeableVolume(request: FastifyRequest, reply: FastifyReply, id: string): Promise<MadeVolume> {
    const volume = await this.volume(request, reply, id);
    if (!mayChange(this.account(request), volume.holder))
      throw new MusterError(volumeErrors.MUSTER_E_VOLUME_NOT_YOURS);
    return volume;
  }

  async secretFor(
    request: FastifyRequest,
    service: Owned,
    sealed: string | undefined,
  ): Promise<SecretPart | undefined> {
    if (!mayChange(this.account(request), service)) return undefined;
    const opened = await this.configurations.open(sealed);
    if (opened !== undefined) request.readsSecrets = true;
    return opened;
  }

  async living(serviceId: string): Promise<readonly ServiceDeploymentDocument[]> {
    const living: ServiceDeploymentDocument[] = [];
    for await (const page of this.parts.readModels.list(serviceDeployments.name, {
      where: { index: 'living', value: serviceId },
    }))
      for (const stored of page) living.push(read<ServiceDeploymentDocument>(stored));
    return living.sort(
      (one, other) => Number(one.standing.kind === 'rollout') - Number(other.standing.kind === 'rollout'),
    );
  }

  /** Returns the host ports of the current instance, or of the last one if the service is stopped. */
  async portsOf(serviceId: string): Promise<FormerPorts | undefined> {
    const living = await this.living(serviceId);
    const known =
      living.length > 0 ? living : await newestDeployments(this.parts, serviceId, LAST_DEPLOYMENTS);
    return known.map(({ work }) => portsOf(work)).find((ports) => ports !== undefined);
  }

  #seen<Service extends Owned>(request: FastifyRequest, service: Service | undefined): Service {
    if (service === undefined || !maySee(this.account(request), service))
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_FOUND);
    return service;
  }

  #own<Service extends Owned>(request: FastifyRequest, service: Service): Service {
    if (!mayChange(this.account(request), service))
      throw new MusterError(serviceErrors.MUSTER_E_SERVICE_NOT_YOURS);
    return service;
  }
}
