import type { FastifyRequest } from 'fastify';
import { userEvents } from '#domain/accounts/user/events.js';
import { OPERATOR, seesAll } from '#domain/accounts/user/index.js';
import { commandEvents } from '#domain/allocations/command/events.js';
import { environmentEvents } from '#domain/environments/environment/events.js';
import type { Reference } from '#domain/explain/reference.js';
import { claimEvents } from '#domain/gpu/claim/events.js';
import { jobIdOf } from '#domain/jobs/job/commands.js';
import { jobEvents, type JobOwner } from '#domain/jobs/job/events.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import {
  isOneOf,
  only,
  streamName,
  type AnyEvent,
  type EventMetadata,
  type Recorded,
} from '#domain/kernel/event/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { planEvents } from '#domain/scheduling/plan-log/events.js';
import { serviceEvents } from '#domain/services/service/events.js';
import { taskEvents } from '#domain/tasks/task/events.js';
import type { GpuClaimDocument } from '#projections/gpu/gpu-claims.js';
import type { AllocationDocument } from '#projections/jobs/allocations.js';
import { actorOf, maySee, mayTouch, type Principal } from '#src/accounts/index.js';
import { read } from '#src/http/index.js';

/** Kinds of objects in the names that the history uses, such as `job:hello`. */
export type ObjectKind =
  'job' | 'allocation' | 'node' | 'task' | 'run' | 'environment' | 'service' | 'claim' | 'account';

/** Who caused an event, as its metadata record it. */
export type Actor = Pick<EventMetadata, 'actor' | 'apiKey'>;

export interface VisibilityParts {
  readonly eventStore: Pick<EventStore, 'readStream'>;
  readonly catalog: Pick<Catalog, 'decodeOurs'>;
  readonly readModels: Pick<ReadModels, 'get'>;
  /** Absent if history is disabled. */
  readonly history?: Pick<History, 'changes' | 'eventsAt'> | undefined;
}

/** The account or tenant that an object belongs to. If it has no owner, only operators see it. */
type Owner =
  | { readonly kind: 'tenant'; readonly tenantId: string }
  | { readonly kind: 'account'; readonly tenantId: string; readonly userId: string };

/** The first events of the objects that have a stream of their own and belong to a tenant. */
export const CREATIONS = {
  ...only(taskEvents, 'TaskCreated'),
  ...only(environmentEvents, 'EnvironmentCreated'),
  ...only(serviceEvents, 'ServiceCreated'),
};
const REGISTRATIONS = only(userEvents, 'UserRegistered');
const SUBMISSIONS = only(jobEvents, 'JobSubmitted');
const PLACEMENTS = only(planEvents, 'AllocationPlaced');
const CLAIMS = only(claimEvents, 'GpuClaimed');
/** The events about allocations or jobs in streams that have events about several of them. */
const WORK = { ...planEvents, ...nodeEvents, ...commandEvents };

/** Maximum number of objects cached per request. */
const MAX_REMEMBERED = 10_000;

/**
 * Decides which objects a caller may see, by the same rules as a GET of the owning surface: members see what belongs to their tenant or account, and
 * only administrators and auditors see everything else. After it has ended, an object still belongs to its last owner. An instance serves one
 * request, because it caches owners.
 */
export class VisibleObjects {
  readonly #parts: VisibilityParts;
  readonly #principal: Principal;
  readonly #isOperator: boolean;
  readonly #owners = new Map<string, Promise<Owner | undefined>>();

  constructor(
    parts: VisibilityParts,
    { principal, isOperator }: Pick<FastifyRequest, 'principal' | 'isOperator'>,
  ) {
    this.#parts = parts;
    this.#principal = principal;
    this.#isOperator = isOperator;
  }

  get all(): boolean {
    return this.#isOperator || (this.#principal.kind === 'user' && seesAll(this.#principal.role));
  }

  async sees(kind: ObjectKind, id: string): Promise<boolean> {
    if (this.all) return true;
    const principal = this.#principal;
    if (principal.kind !== 'user') return false;
    const owner = await this.#ownerOf(kind, id);
    if (owner === undefined) return false;
    return owner.kind === 'account' ? mayTouch(principal, owner) : maySee(principal, owner);
  }

  /** Returns the event, or undefined if the caller may not see it. An actor that the caller may not see is replaced with the operator. */
  async show<Event extends Recorded<AnyEvent>>(event: Event): Promise<Event | undefined> {
    if (this.all) return event;
    const about = objectOf(event);
    if (about === undefined || !(await this.sees(about.kind, about.id))) return undefined;
    const { apiKey: _, ...metadata } = event.metadata;
    return { ...event, metadata: { ...metadata, ...(await this.showActor(event.metadata)) } };
  }

  /** Returns the actor, or the operator instead of one that the caller may not see. */
  async showActor({ actor, apiKey }: Actor): Promise<Actor> {
    if (actor !== undefined && !this.all && !(await this.#seesActor(actor)))
      return { actor: OPERATOR.userId };
    return { ...(actor !== undefined && { actor }), ...(apiKey !== undefined && { apiKey }) };
  }

  /** Whether the caller may see this cause of an event. */
  async seesCause(cause: Reference): Promise<boolean> {
    if (cause.kind === 'job' || cause.kind === 'allocation') return await this.sees(cause.kind, cause.id);
    const owned = 'stream' in cause ? objectOfStream(cause.stream) : undefined;
    return owned === undefined || (await this.sees(owned.kind, owned.id));
  }

  async #seesActor(actor: string): Promise<boolean> {
    if (actor === actorOf(this.#principal)) return true;
    // The names of the machine's users do not concern tenants.
    if (actor.startsWith('local:')) return false;
    if (!actor.startsWith('user:')) return true;
    const owner = await this.#ownerOf('account', actor.slice('user:'.length));
    return (
      owner !== undefined && this.#principal.kind === 'user' && owner.tenantId === this.#principal.tenantId
    );
  }

  #ownerOf(kind: ObjectKind, id: string): Promise<Owner | undefined> {
    const key = `${kind}:${id}`;
    const known = this.#owners.get(key);
    if (known !== undefined) return known;
    if (this.#owners.size >= MAX_REMEMBERED) this.#owners.clear();
    const found = this.#find(kind, id);
    this.#owners.set(key, found);
    return found;
  }

  async #find(kind: ObjectKind, id: string): Promise<Owner | undefined> {
    switch (kind) {
      case 'node':
        return undefined;
      case 'run':
        return await this.#ownerOf('task', /^\d{1,16}(?=[/@])/.exec(id)?.[0] ?? '');
      case 'task':
      case 'environment':
      case 'service':
        return tenantOf(await this.#firstOf(kind, id));
      case 'account':
        return accountOf(await this.#firstOf('user', id));
      case 'job':
        return jobOwnerOf(await this.#firstOf('job', id));
      case 'allocation': {
        const jobId = await this.#jobOf(id);
        return jobId === undefined ? undefined : await this.#ownerOf('job', jobId);
      }
      case 'claim':
        return await this.#ownerOfClaim(id);
    }
  }

  async #jobOf(allocation: string): Promise<string | undefined> {
    const stored = await this.#parts.readModels.get('allocations', allocation);
    if (stored !== undefined) return read<AllocationDocument>(stored).jobId;
    const placed = await this.#firstChange('allocations', allocation);
    return placed && isOneOf(PLACEMENTS, placed) ? placed.data.jobId : undefined;
  }

  async #ownerOfClaim(id: string): Promise<Owner | undefined> {
    const stored = await this.#parts.readModels.get('gpuClaims', id);
    if (stored !== undefined) return { kind: 'account', ...read<GpuClaimDocument>(stored) };
    const claimed = await this.#firstChange('gpuClaims', id);
    return claimed && isOneOf(CLAIMS, claimed) ? { kind: 'account', ...claimed.data } : undefined;
  }

  /** Returns the first event of the object's own stream. It identifies the owner, because ids are never reused by a different owner. */
  async #firstOf(category: string, id: string): Promise<Recorded<AnyEvent> | undefined> {
    if (!IDENTIFIER.test(id)) return undefined;
    try {
      for await (const [first] of this.#parts.eventStore.readStream(streamName(category, id), { limit: 1 }))
        return first && this.#parts.catalog.decodeOurs(first);
    } catch (error) {
      if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
    }
    return undefined;
  }

  /** Returns the event that created a document that no longer exists. */
  async #firstChange(model: string, id: string): Promise<Recorded<AnyEvent> | undefined> {
    const { history, catalog } = this.#parts;
    const [change] = history?.changes(model, id, { newestFirst: false, limit: 1 }) ?? [];
    if (history === undefined || change === undefined) return undefined;
    const [event] = await history.eventsAt([change.position]);
    return event && catalog.decodeOurs(event);
  }
}

function tenantOf(first: Recorded<AnyEvent> | undefined): Owner | undefined {
  return first && isOneOf(CREATIONS, first) ? { kind: 'tenant', tenantId: first.data.tenantId } : undefined;
}

function accountOf(first: Recorded<AnyEvent> | undefined): Owner | undefined {
  return first && isOneOf(REGISTRATIONS, first) ? { kind: 'account', ...first.data } : undefined;
}

/** The job of a GPU claim belongs to the claimant. Jobs of other surfaces belong to the tenant. */
function jobOwnerOf(first: Recorded<AnyEvent> | undefined): Owner | undefined {
  const owner: JobOwner | undefined = first && isOneOf(SUBMISSIONS, first) ? first.data.owner : undefined;
  if (owner === undefined || owner.tenant === null) return undefined;
  return owner.surface === 'gpu'
    ? { kind: 'account', tenantId: owner.tenant, userId: owner.principal }
    : { kind: 'tenant', tenantId: owner.tenant };
}

interface About {
  readonly kind: ObjectKind;
  readonly id: string;
}

const KIND_OF_STREAM: Readonly<Record<string, ObjectKind>> = {
  job: 'job',
  task: 'task',
  environment: 'environment',
  service: 'service',
  user: 'account',
  gpuClaim: 'account',
};

/** Returns the object that owns the stream, or undefined if the stream has events about several objects. */
function objectOfStream(stream: string): About | undefined {
  const category = stream.slice(0, stream.indexOf('-'));
  const kind = Object.hasOwn(KIND_OF_STREAM, category) ? KIND_OF_STREAM[category] : undefined;
  const id = stream.slice(category.length + 1);
  return kind && { kind, id: kind === 'job' ? jobIdOf(id) : id };
}

/** Returns the object that an event is about, or undefined for other events, such as those about a node. Only callers who see all may see these. */
function objectOf(event: Recorded<AnyEvent>): About | undefined {
  if (isOneOf(claimEvents, event)) return { kind: 'claim', id: event.data.claimId };
  const owned = objectOfStream(event.stream);
  if (owned !== undefined) return owned;
  if (!isOneOf(WORK, event)) return undefined;
  const { data } = event;
  if ('allocationId' in data) return { kind: 'allocation', id: data.allocationId };
  if ('jobId' in data) return { kind: 'job', id: data.jobId };
  return undefined;
}
