import { LRUCache } from 'lru-cache';
import { catalog } from '#domain/kernel/catalog/index.js';
import { streamName, type RecordedOf } from '#domain/kernel/event/index.js';
import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import type { StoredIn } from '#domain/jobs/job/stored-in.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { services, withStoredTexts } from '#domain/services/service/index.js';
import { tasks, withStoredProgram } from '#domain/tasks/task/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { openGroup } from '#src/fleet/sealed-environments/index.js';

/** Kinds of streams whose events hold the long texts. */
const DEFINERS = catalog([tasks, services]);
const MAX_CHARACTERS = 16 * 1024 * 1024;

interface Definition {
  readonly sealedEnvironment: string | undefined;
  readonly withProgram: ((task: Task) => Task) | undefined;
}

interface Held extends Definition {
  readonly characters: number;
}

/** Completes job groups: reads long texts from the events of scheduled tasks and services, and unseals sealed parts. Caches recent reads. */
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
      ignoreFetchAbort: true,
    });
  }

  async opened(group: TaskGroup): Promise<TaskGroup | undefined> {
    const stored = await Promise.all(
      group.tasks.map(async (task) =>
        task.stored_in === undefined ? task : await this.#completed(task, task.stored_in),
      ),
    );
    const tasks = stored.filter((task) => task !== undefined);
    return tasks.length < group.tasks.length ? undefined : await openGroup(this.sealer, { ...group, tasks });
  }

  /** Returns the task with its program but without its environment, or the unchanged task if the log does not contain the program. */
  async withProgram(task: Task): Promise<Task> {
    const { stored_in: stored } = task;
    if (stored?.program === undefined) return task;
    const complete = (await this.#event(stored, stored.program))?.withProgram;
    return complete === undefined ? task : complete(task);
  }

  async #completed(
    { stored_in: _, sealed_env: own, ...task }: Task,
    stored: StoredIn,
  ): Promise<Task | undefined> {
    const { environment, program } = stored;
    const complete = program === undefined ? undefined : (await this.#event(stored, program))?.withProgram;
    const sealed =
      environment === undefined ? undefined : (await this.#event(stored, environment))?.sealedEnvironment;
    if (
      (program !== undefined && complete === undefined) ||
      (environment !== undefined && sealed === undefined)
    )
      return undefined;
    const whole: Task = complete === undefined ? task : complete(task);
    if (own === undefined || sealed === undefined)
      return { ...whole, ...((own ?? sealed) !== undefined && { sealed_env: own ?? sealed }) };
    // The job's own variables are unsealed here, because plain variables take precedence over those that are unsealed later.
    const [first] = (
      await openGroup(this.sealer, { name: task.name, tasks: [{ ...whole, sealed_env: own }] })
    ).tasks;
    return { ...(first ?? whole), sealed_env: sealed };
  }

  async #event(stored: StoredIn, revision: number): Promise<Held | undefined> {
    const stream =
      'service' in stored ? streamName('service', stored.service) : streamName('task', String(stored.task));
    return await this.#kept.fetch(`${revision}@${stream}`);
  }

  async #read(key: string): Promise<Held | undefined> {
    const revision = Number.parseInt(key, 10);
    const stream = key.slice(key.indexOf('@') + 1);
    for await (const [recorded] of this.store.readStream(stream, { from: revision, limit: 1 })) {
      if (recorded?.revision !== revision) return undefined;
      const event = DEFINERS.decodeOurs(recorded);
      const definition = event && definitionIn(event);
      return definition && { ...definition, characters: recorded.data.length };
    }
    return undefined;
  }
}

function definitionIn(event: RecordedOf<typeof DEFINERS.events>): Definition | undefined {
  switch (event.type) {
    case 'TaskTriggered':
      return { sealedEnvironment: event.data.sealedEnvironment, withProgram: undefined };
    case 'TaskCreated':
    case 'TaskUpdated': {
      const { work } = event.data.definition;
      return {
        sealedEnvironment: work.sealedEnvironment,
        withProgram: (task) => ({ ...task, config: withStoredProgram(task.config, work) }),
      };
    }
    case 'ServiceConfigured': {
      const [stored] = event.data.work.tasks;
      return (
        stored && {
          sealedEnvironment: stored.sealed_env,
          withProgram: (task) => withStoredTexts(task, stored),
        }
      );
    }
    default:
      return undefined;
  }
}
