import { decodeOurs } from '#domain/event-types/index.js';
import { streamName } from '#domain/event/index.js';
import type { JobOwner } from '#domain/job/events.js';
import type { TaskGroup } from '#domain/job/specification.js';
import type { EventStore } from '#domain/ports/event-store.js';

export interface JobVersionsBounds {
  /** Versions kept. Default 2,000. */
  readonly versions?: number;
  /** Characters of specifications kept. Default 16 Mi. */
  readonly characters?: number;
}

/** Makes a group readable: what is sealed of it is kept sealed here. */
export type OpenGroup = (group: TaskGroup) => Promise<TaskGroup>;

interface Kept {
  readonly groups: ReadonlyMap<string, TaskGroup>;
  readonly owner: JobOwner | undefined;
  readonly characters: number;
}

/** Task groups of job versions, read from the jobs' streams where they are needed. Keeps those used last. */
export class JobVersions {
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<Kept | undefined>>();
  #characters = 0;

  constructor(
    private readonly store: EventStore,
    private readonly bounds: JobVersionsBounds = {},
    private readonly open: OpenGroup = async (group) => group,
  ) {}

  /** The group as that version specified it; undefined where the log holds no such thing. */
  async group(jobId: string, version: number, group: string): Promise<TaskGroup | undefined> {
    return await this.#opened((await this.#version(jobId, version))?.groups.get(group));
  }

  /** Whose the job is in that version; undefined: the cluster surface's, or the log holds no such thing. */
  async owner(jobId: string, version: number): Promise<JobOwner | undefined> {
    return (await this.#version(jobId, version))?.owner;
  }

  async #version(jobId: string, version: number): Promise<Kept | undefined> {
    const key = `${jobId}@${version}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    let reading = this.#reading.get(key);
    if (reading === undefined) {
      reading = this.#read(jobId, version).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    const read = await reading;
    if (read !== undefined) this.#keep(key, read);
    return read;
  }

  async #opened(group: TaskGroup | undefined): Promise<TaskGroup | undefined> {
    return group === undefined ? undefined : await this.open(group);
  }

  async #read(jobId: string, version: number): Promise<Kept | undefined> {
    for await (const page of this.store.readStream(streamName('job', jobId), { from: version, limit: 1 })) {
      for (const recorded of page) {
        if (recorded.revision !== version) return undefined;
        const event = decodeOurs(recorded);
        if (event?.type !== 'JobSubmitted' && event?.type !== 'JobUpdated' && event?.type !== 'JobRestarted') return undefined;
        const groups = new Map(event.data.specification.task_groups.map((each) => [each.name, each]));
        return { groups, owner: event.data.owner, characters: recorded.data.length };
      }
    }
    return undefined;
  }

  #keep(key: string, kept: Kept): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, kept);
    this.#characters += kept.characters;
    const { versions = 2000, characters = 16 * 1024 * 1024 } = this.bounds;
    for (const [oldest, { characters: weight }] of this.#kept) {
      if (this.#kept.size <= versions && this.#characters <= characters) break;
      this.#kept.delete(oldest);
      this.#characters -= weight;
    }
  }
}
