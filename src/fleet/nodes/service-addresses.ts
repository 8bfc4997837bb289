import { users } from '#domain/accounts/user/index.js';
import { OPERATOR } from '#domain/accounts/user/operator.js';
import { dockerDriver } from '#domain/drivers/docker/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { Task } from '#domain/jobs/job/specification.js';
import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { PlacedNode } from '#domain/scheduling/dispatch/placement.js';
import type { Placements } from '#domain/scheduling/dispatch/placements.js';
import {
  deploymentJobOf,
  deploymentOf,
  isCalled,
  networkNameOf,
  referencesIn,
  SEALED_FOR_SERVICE,
  services,
  servingOf,
  tenantServices,
  tenantServicesOf,
  withAddresses,
  type PresentService,
  type ServiceReference,
} from '#domain/services/service/index.js';
import { connectionTo } from '#domain/services/template/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { mayChange } from '#src/accounts/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';

export interface ServiceAddressesOptions {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly sealer: Pick<Sealer, 'open'>;
  readonly placements: { readonly state: Pick<Placements, 'nodes'> };
}

/** Tasks whose references to services were replaced, and by task why that was impossible. */
export interface Addressed {
  readonly tasks: readonly Task[];
  readonly unresolved: Readonly<Record<string, string>>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

interface Reader {
  readonly owner: JobOwner;
  readonly tenantId: string;
  readonly nodeId: string;
  readonly inContainer: boolean;
}

/** Why a reference has no value. Shown to the owner of the task. */
class AddressError extends Error {}

const LOOPBACK = /^(?:127\.|::1$|\[::1\]$|localhost$)/;

/** Finds a service of a tenant by its name, or its name on the network. Returns a problem if there is none, or more than one. */
export async function serviceCalled(
  executor: Pick<CommandExecutor, 'load'>,
  tenantId: string,
  name: string,
): Promise<{ readonly service: PresentService } | { readonly problem: string }> {
  const ids = [...(await executor.load(tenantServices, tenantServicesOf(tenantId))).keys()];
  const all = await Promise.all(ids.map(async (id) => await executor.load(services, id)));
  const called = all.filter((each) => each.kind === 'present').filter((each) => isCalled(each, name));
  const [service, another] = called;
  if (service === undefined) return { problem: `the tenant has no service ${name}` };
  return another === undefined
    ? { service }
    : { problem: `the tenant has ${called.length} services that are called ${name}: rename one` };
}

/**
 * Replaces `{{service.NAME.…}}` in the environments of a tenant's tasks when they are sent to a node. The values are in no event, because an address
 * is known only then, and a connection string may contain a password.
 */
export class ServiceAddresses {
  constructor(private readonly options: ServiceAddressesOptions) {}

  /** Returns the name of a service's containers on the network of their tenant. Undefined for jobs of other kinds. */
  async networkName(jobId: string): Promise<string | undefined> {
    const deployment = deploymentOf(jobId);
    if (deployment === undefined) return undefined;
    const service = await this.options.executor.load(services, deployment.serviceId);
    return service.kind === 'present' ? networkNameOf(service) : undefined;
  }

  async in(
    tasks: readonly Task[],
    owner: JobOwner | undefined,
    { nodeId }: Pick<PlacedNode, 'nodeId'>,
  ): Promise<Addressed> {
    const tenantId = owner?.tenant ?? null;
    if (owner === undefined || tenantId === null || !tasks.some(hasReference))
      return { tasks, unresolved: {} };
    const unresolved: Record<string, string> = {};
    const addressed = tasks.map(async (task) => {
      const reader = { owner, tenantId, nodeId, inContainer: task.driver === dockerDriver.name };
      try {
        return hasReference(task) ? { ...task, env: await this.#filled(task.env ?? {}, reader) } : task;
      } catch (error) {
        if (!(error instanceof AddressError)) throw error;
        unresolved[task.name] = error.message;
        return task;
      }
    });
    return { tasks: await Promise.all(addressed), unresolved };
  }

  async #filled(env: NonNullable<Task['env']>, reader: Reader): Promise<Record<string, string>> {
    const filled: Record<string, string> = {};
    for (const [name, text] of Object.entries(env)) {
      const values = new Map<string, string>();
      for (const reference of referencesIn(text)) {
        try {
          if ('problem' in reference) throw new AddressError(reference.problem);
          values.set(keyOf(reference), await this.#valueOf(reference, reader));
        } catch (error) {
          if (!(error instanceof AddressError)) throw error;
          throw new AddressError(`environment variable ${name}: ${error.message}`, { cause: error });
        }
      }
      filled[name] = withAddresses(text, (reference) => values.get(keyOf(reference)) ?? '');
    }
    return filled;
  }

  async #valueOf({ service: name, part }: ServiceReference, reader: Reader): Promise<string> {
    const found = await serviceCalled(this.options.executor, reader.tenantId, name);
    if ('problem' in found) throw new AddressError(found.problem);
    const { service } = found;
    const { host, port } = this.#addressOf(service, reader);
    if (part === 'host') return host;
    if (part === 'port') return String(port);
    if (!(await this.#mayRead(service, reader.owner)))
      throw new AddressError(
        `the connection string of service ${name} is available only to accounts that may change the service: its creator or an administrator must own what refers to it`,
      );
    const version = inForce(service);
    const text =
      version?.sealed === undefined
        ? undefined
        : await this.options.sealer.open(version.sealed, SEALED_FOR_SERVICE);
    const connection =
      text === undefined ? undefined : (JSON.parse(text) as { connection?: string }).connection;
    if (connection === undefined)
      throw new AddressError(`service ${name} has no connection string: refer to its host and port`);
    return connectionTo(connection, `${host}:${port}`);
  }

  /** Containers of a tenant on one node share a network. Everything else connects to the port that the service has on its node. */
  #addressOf(service: PresentService, { nodeId, inContainer }: Reader): Address {
    const [first] = inForce(service)?.work.tasks ?? [];
    const port = first?.ports?.find(({ container }) => container !== undefined)?.container;
    if (port === undefined) throw new AddressError(`service ${service.name} has no port`);
    const running = this.#runningOn(service);
    const here = running.find(({ node }) => node.nodeId === nodeId);
    if (inContainer && (running.length === 0 || here !== undefined))
      return { host: networkNameOf(service), port };
    const [instance] = here === undefined ? running : [here];
    const published = instance?.ports.find(({ container }) => container === port);
    const ip = instance?.node.ipAddress;
    if (published === undefined || ip === undefined)
      throw new AddressError(`service ${service.name} is not running, so it has no address: start it`);
    if (inContainer && LOOPBACK.test(ip))
      throw new AddressError(
        `service ${service.name} runs on another node, whose address ${ip} cannot be reached from a container: let its agent listen at an address of the network (MUSTER_AGENT_HOST)`,
      );
    return { host: ip.includes(':') ? `[${ip}]` : ip, port: published.host };
  }

  #runningOn(
    service: PresentService,
  ): { readonly node: PlacedNode; readonly ports: readonly AssignedPort[] }[] {
    const jobs = new Set(
      [...service.living.keys()].map((number) => deploymentJobOf(service.serviceId, number)),
    );
    return [...this.options.placements.state.nodes.values()].flatMap((node) =>
      [...node.allocations.values()]
        .filter((each) => jobs.has(each.jobId) && each.started && each.wanted)
        .map((each) => ({ node, ports: Object.values(each.assignedPorts ?? {}).flat() })),
    );
  }

  async #mayRead(service: PresentService, { principal }: JobOwner): Promise<boolean> {
    if (principal === service.createdBy || principal === OPERATOR.userId) return true;
    const user = await this.options.executor.load(users, principal);
    return user.kind === 'present' && user.active && mayChange({ ...user, userId: principal }, service);
  }
}

function inForce(service: PresentService): ReturnType<PresentService['versions']['get']> {
  return service.versions.get(servingOf(service)?.version ?? service.version);
}

function hasReference({ env = {} }: Task): boolean {
  return Object.values(env).some((text) => text.includes('{{service.'));
}

function keyOf({ service, part }: ServiceReference): string {
  return `${part} ${service}`;
}
