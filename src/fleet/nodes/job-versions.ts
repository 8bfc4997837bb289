import { LRUCache } from 'lru-cache';
import { decodeOurs } from '#domain/event-types/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import type { JobOwner } from '#domain/jobs/job/events.js';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { imageRights, type CredentialSource, type ImageRights } from './image-rights.js';

export interface JobVersionsBounds {
  /** Maximum number of cached versions. @default 2,000 */
  readonly versions?: number;
  /** Maximum number of characters of cached specifications. @default 16 Mi */
  readonly characters?: number;
}

/** Completes and opens a group; sealed parts stay sealed in the cache. Undefined if the log does not contain all of it. */
export type OpenGroup = (group: TaskGroup) => Promise<TaskGroup | undefined>;

interface Kept {
  readonly groups: ReadonlyMap<string, TaskGroup>;
  readonly owner: JobOwner | undefined;
  readonly characters: number;
}

/** Reads task groups of job versions from the jobs' streams, with an LRU cache. */
export class JobVersions {
  readonly #kept: LRUCache<string, Kept>;

  constructor(
    private readonly store: EventStore,
    { versions = 2000, characters = 16 * 1024 * 1024 }: JobVersionsBounds = {},
    private readonly open: OpenGroup = async (group) => group,
    private readonly credentials: CredentialSource = async () => undefined,
  ) {
    this.#kept = new LRUCache({
      max: versions,
      maxSize: characters,
      sizeCalculation: (kept) => kept.characters,
      fetchMethod: (key) => this.#read(key),
      // Readers whose entry was evicted meanwhile still get the result.
      ignoreFetchAbort: true,
    });
  }

  /** The group as specified in that version; undefined if the log does not contain it. */
  async group(jobId: string, version: number, group: string): Promise<TaskGroup | undefined> {
    return await this.#opened((await this.#version(jobId, version))?.groups.get(group));
  }

  /** The owner of the job in that version; undefined for the cluster surface's jobs, or if the log does not contain it. */
  async owner(jobId: string, version: number): Promise<JobOwner | undefined> {
    return (await this.#version(jobId, version))?.owner;
  }

  async imageRights(jobId: string, version: number, group: TaskGroup): Promise<ImageRights> {
    return await imageRights(group, await this.owner(jobId, version), this.credentials);
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
    for await (const page of this.store.readStream(streamName('job', jobId), { from: version, limit: 1 })) {
      for (const recorded of page) {
        if (recorded.revision !== version) return undefined;
        const event = decodeOurs(recorded);
        if (event?.type !== 'JobSubmitted' && event?.type !== 'JobUpdated' && event?.type !== 'JobRestarted')
          return undefined;
        const groups = new Map(event.data.specification.task_groups.map((each) => [each.name, each]));
        return { groups, owner: event.data.owner, characters: recorded.data.length };
      }
    }
    return undefined;
  }
}
