import { LRUCache } from 'lru-cache';
import { decodeOurs } from '#domain/event-types/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import type { StoredIn } from '#domain/jobs/job/stored-in.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { withStoredProgram, type TaskWork } from '#domain/tasks/task/index.js';
import { openGroup, type Sealer } from '#src/engine/sealing/index.js';

const MAX_CHARACTERS = 16 * 1024 * 1024;

interface Held {
  readonly sealedEnvironment: string | undefined;
  /** Undefined if it contains no program. */
  readonly work: TaskWork | undefined;
  readonly characters: number;
}

/** Completes the groups of jobs: reads long texts from the events of scheduled tasks, and opens sealed parts. Caches recent reads. */
export class TaskDefinitions {
  readonly #kept: LRUCache<string, Held>;

  constructor(
    private readonly store: Pick<EventStore, 'readStream'>,
    private readonly sealer: Sealer,
  ) {
    this.#kept = new LRUCache({
      maxSize: MAX_CHARACTERS,
      sizeCalculation: ({ characters }) => characters,
      fetchMethod: (key) => this.#read(key),
      // Readers whose entry was evicted meanwhile still get the result.
      ignoreFetchAbort: true,
    });
  }

  /** The complete group for an agent; undefined if the log does not contain all of it. */
  async opened(group: TaskGroup): Promise<TaskGroup | undefined> {
    const stored = await Promise.all(
      group.tasks.map(async (task) =>
        task.stored_in === undefined ? task : await this.#completed(task, task.stored_in),
      ),
    );
    const tasks = stored.filter((task) => task !== undefined);
    return tasks.length < group.tasks.length ? undefined : await openGroup(this.sealer, { ...group, tasks });
  }

  async #completed(
    { stored_in: _, sealed_env: own, ...task }: Task,
    { task: taskId, environment, program }: StoredIn,
  ): Promise<Task | undefined> {
    const work = program === undefined ? undefined : (await this.#event(taskId, program))?.work;
    const sealed =
      environment === undefined ? undefined : (await this.#event(taskId, environment))?.sealedEnvironment;
    if ((program !== undefined && work === undefined) || (environment !== undefined && sealed === undefined))
      return undefined;
    const whole: Task = work === undefined ? task : { ...task, config: withStoredProgram(task.config, work) };
    if (own === undefined || sealed === undefined)
      return { ...whole, ...((own ?? sealed) !== undefined && { sealed_env: own ?? sealed }) };
    // The job's own variables are opened first, because plain variables come before variables that are opened later.
    const [first] = (
      await openGroup(this.sealer, { name: task.name, tasks: [{ ...whole, sealed_env: own }] })
    ).tasks;
    return { ...(first ?? whole), sealed_env: sealed };
  }

  async #event(taskId: number, revision: number): Promise<Held | undefined> {
    return await this.#kept.fetch(`${revision}@${taskId}`);
  }

  async #read(key: string): Promise<Held | undefined> {
    const [revision, taskId = ''] = key.split('@');
    for await (const [recorded] of this.store.readStream(streamName('task', taskId), {
      from: Number(revision),
      limit: 1,
    })) {
      if (recorded?.revision !== Number(revision)) return undefined;
      const event = decodeOurs(recorded);
      const characters = recorded.data.length;
      if (event?.type === 'TaskTriggered')
        return { sealedEnvironment: event.data.sealedEnvironment, work: undefined, characters };
      if (event?.type !== 'TaskCreated' && event?.type !== 'TaskUpdated') return undefined;
      const { work } = event.data.definition;
      return { sealedEnvironment: work.sealedEnvironment, work, characters };
    }
    return undefined;
  }
}
