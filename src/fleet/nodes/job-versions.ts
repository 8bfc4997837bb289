import { LRUCache } from 'lru-cache';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import { groupIdentity } from '#domain/jobs/job/group-identity.js';
import { groupNamed, type TaskGroup } from '#domain/jobs/job/specification.js';
import { DEFAULT_KILL_TIMEOUT_SECONDS, type KillTimeouts } from '#domain/protocol/index.js';
import type { EventStore, ReadStreamOptions, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ServiceAddresses } from './service-addresses.js';
import { imageRights, type CredentialSource, type ImageRights } from './image-rights.js';

const JOBS = catalogOf(jobs);

export interface JobVersionsBounds {
  readonly versions?: number;
  readonly characters?: number;
}

/** Completes and unseals a group. Sealed parts remain sealed in the cache. Returns undefined if the log does not contain all of it. */
export type OpenGroup = (group: TaskGroup) => Promise<TaskGroup | undefined>;

interface Kept {
  readonly groups: ReadonlyMap<string, TaskGroup>;
  readonly owner: JobOwner | undefined;
  readonly correlationId: string;
  readonly characters: number;
}

export class JobVersions {
  readonly #kept: LRUCache<string, Kept>;

  constructor(
    private readonly store: EventStore,
    { versions = 2000, characters = 16 * 1024 * 1024 }: JobVersionsBounds = {},
    private readonly open: OpenGroup = async (group) => group,
    private readonly credentials: CredentialSource = async () => undefined,
    /** Undefined if no orders are built from it. */
    readonly addresses?: Pick<ServiceAddresses, 'in' | 'networkName'>,
  ) {
    this.#kept = new LRUCache({
      max: versions,
      maxSize: characters,
      sizeCalculation: (kept) => kept.characters,
      fetchMethod: (key) => this.#read(key),
      ignoreFetchAbort: true,
    });
  }

  /** Returns the group as specified in that version, or undefined if the log does not contain it. */
  async group(jobId: string, version: number, group: string): Promise<TaskGroup | undefined> {
    return await this.#opened((await this.#version(jobId, version))?.groups.get(group));
  }

  /** Returns the owner of the job in that version. Undefined for jobs of the cluster surface, or if the log does not contain the version. */
  async owner(jobId: string, version: number): Promise<JobOwner | undefined> {
    return (await this.#version(jobId, version))?.owner;
  }

  /** Returns whether the log contains that version: another program can delete the stream. */
  async contains(jobId: string, version: number): Promise<boolean> {
    return (await this.#version(jobId, version)) !== undefined;
  }

  /** Returns the correlation id of the request that created the version, or undefined if the log does not contain it. */
  async correlationId(jobId: string, version: number): Promise<string | undefined> {
    return (await this.#version(jobId, version))?.correlationId;
  }

  async imageRights(jobId: string, version: number, group: TaskGroup): Promise<ImageRights> {
    return await imageRights(group, await this.owner(jobId, version), this.credentials);
  }

  /**
   * Returns the kill timeouts of a group's tasks, if a later version with the same work has others: updates of a policy leave allocations in place,
   * and so do versions in between whose rollout does not reach them. Undefined if none has changed.
   */
  async killTimeouts(jobId: string, version: number, group: string): Promise<KillTimeouts | undefined> {
    let placed: TaskGroup | undefined;
    let newest: TaskGroup | undefined;
    for await (const page of eventsOf(this.store, jobId, { from: version })) {
      for (const recorded of page) {
        const event = JOBS.decodeOurs(recorded);
        if (event?.type !== 'JobSubmitted' && event?.type !== 'JobUpdated' && event?.type !== 'JobRestarted')
          continue;
        const next = groupNamed(event.data.specification.task_groups, group);
        placed ??= next;
        const isSame = next !== undefined && placed !== undefined && hasSameWork(placed, next);
        if (isSame) newest = next;
      }
    }
    return changedKillTimeouts(placed, newest);
  }

  async #version(jobId: string, version: number): Promise<Kept | undefined> {
    return await this.#kept.fetch(`${version}@${jobId}`);
  }

  async #opened(group: TaskGroup | undefined): Promise<TaskGroup | undefined> {
    return group === undefined ? undefined : await this.open(group);
  }

  async #read(key: string): Promise<Kept | undefined> {
    const version = Number.parseInt(key, 10);
    const jobId = key.slice(key.indexOf('@') + 1);
    for await (const page of eventsOf(this.store, jobId, { from: version, limit: 1 })) {
      for (const recorded of page) {
        if (recorded.revision !== version) return undefined;
        const event = JOBS.decodeOurs(recorded);
        if (event?.type !== 'JobSubmitted' && event?.type !== 'JobUpdated' && event?.type !== 'JobRestarted')
          return undefined;
        const groups = new Map(event.data.specification.task_groups.map((each) => [each.name, each]));
        const { $correlationId: correlationId } = event.metadata;
        return { groups, owner: event.data.owner, correlationId, characters: recorded.data.length };
      }
    }
    return undefined;
  }
}

/** Another program can delete the stream. What runs is then still stopped, and the nodes on which it runs still report. */
async function* eventsOf(
  store: Pick<EventStore, 'readStream'>,
  jobId: string,
  options: ReadStreamOptions,
): AsyncGenerator<readonly RecordedEvent[], void> {
  try {
    yield* store.readStream(streamName('job', jobId), options);
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_STREAM_DELETED')) throw error;
  }
}

function hasSameWork(one: TaskGroup, other: TaskGroup): boolean {
  const work = ({ constraints: _, ...group }: TaskGroup): string => groupIdentity(group, undefined);
  return work(one) === work(other);
}

function changedKillTimeouts(
  placed: TaskGroup | undefined,
  newest: TaskGroup | undefined,
): KillTimeouts | undefined {
  const changed = (newest?.tasks ?? []).filter(
    (task) => placed?.tasks.find(({ name }) => name === task.name)?.kill_timeout !== task.kill_timeout,
  );
  if (changed.length === 0) return undefined;
  return Object.fromEntries(
    changed.map(({ name, kill_timeout }) => [name, kill_timeout ?? DEFAULT_KILL_TIMEOUT_SECONDS]),
  );
}
