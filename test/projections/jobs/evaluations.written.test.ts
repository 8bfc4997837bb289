import { join } from 'node:path';
import tap from 'tap';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import type { JobSpecification } from '#domain/jobs/job/specification.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import type { ModelStorage } from '#src/engine/read-models/storage.js';
import { FOLDS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { ownFolder } from '../../fixtures/folder.js';
import type { Scope } from '../../fixtures/scope.js';
import { blocked, evaluated, group, place, placed, specification, submitted, updated } from '../events.js';
import { streamOf } from '../history.js';

interface Written {
  documents: number;
  removed: number;
  bytes: number;
}

/** A log with its read models, which records what each model writes. */
class Scene {
  #written = new Map<string, Written>();
  #ids = 0;
  readonly #store: EventStore = createMemoryEventStore();
  readonly #storage: ModelStorage;

  constructor(t: Scope) {
    const storage = openSqliteStorage(join(ownFolder(t), 'models'));
    t.teardown(() => storage.close());
    this.#storage = this.#counted(storage);
  }

  /** Appends events, projects each append before the next, and returns what was written. */
  async write(
    ...appends: readonly (readonly [MusterEvent, ...MusterEvent[]])[]
  ): Promise<Readonly<Record<string, Written>>> {
    this.#written = new Map();
    for (const events of appends) {
      const stream = streamOf(events[0]);
      await this.#store.append({
        stream,
        expected: await this.#revision(stream),
        events: events.map((event) => this.#recorded(event)),
      });
      await new ReadModelEngine({
        ...FOLDS,
        store: this.#store,
        storage: this.#storage,
      }).run();
    }
    return Object.fromEntries(this.#written);
  }

  #recorded(event: MusterEvent) {
    this.#ids += 1;
    const id = `00000000-0000-4000-8000-${this.#ids.toString().padStart(12, '0')}`;
    return {
      id,
      ...encode(event, { $correlationId: id, $causationId: id, at: 1_750_000_000_000 + this.#ids }),
    };
  }

  async #revision(stream: string): Promise<number | 'no_stream'> {
    let last: number | 'no_stream' = 'no_stream';
    for await (const page of this.#store.readStream(stream)) last = page.at(-1)?.revision ?? last;
    return last;
  }

  #counted(storage: ModelStorage): ModelStorage {
    return new Proxy(storage, {
      get: (target, name) => {
        if (name === 'commit')
          return async (...[commits]: Parameters<ModelStorage['commit']>) => {
            for (const { model, rows, removed } of commits) {
              const written = this.#written.get(model) ?? { documents: 0, removed: 0, bytes: 0 };
              written.documents += rows.length;
              written.removed += removed.length;
              written.bytes += rows.reduce((sum, row) => sum + Buffer.byteLength(row.json), 0);
              if (rows.length + removed.length > 0) this.#written.set(model, written);
            }
            await target.commit(commits);
          };
        const value = Reflect.get(target, name) as unknown;
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

const NOTHING: Written = { documents: 0, removed: 0, bytes: 0 };

/** Checks that only the named models wrote anything, and no more than their bounds. */
function wroteAtMost(
  t: Pick<typeof tap, 'ok'>,
  written: Readonly<Record<string, Written>>,
  most: Readonly<Record<string, Written>>,
): void {
  for (const model of new Set([...Object.keys(written), ...Object.keys(most)])) {
    const { documents, removed, bytes } = written[model] ?? NOTHING;
    const bound = most[model] ?? NOTHING;
    t.ok(documents <= bound.documents, `${model}: ${documents} documents, at most ${bound.documents}`);
    t.ok(removed <= bound.removed, `${model}: ${removed} deletions, at most ${bound.removed}`);
    t.ok(bytes <= bound.bytes, `${model}: ${bytes} bytes, at most ${bound.bytes}`);
  }
}

const evaluationId = (n: number): string => `00000000-0000-4000-9000-${n.toString().padStart(12, '0')}`;

void tap.test(
  'placing a job writes its document twice and the document of its allocation once',
  async (t) => {
    const id = evaluationId(0);
    const written = await new Scene(t).write(
      [submitted('j1', undefined, id)],
      [placed(place('a1', 'j1'), 0, 0, id), evaluated('j1', id)],
    );
    // With one document per evaluation, this took five documents of 1,762 bytes.
    wroteAtMost(t, written, {
      jobs: { documents: 2, removed: 0, bytes: 1_200 },
      allocations: { documents: 1, removed: 0, bytes: 450 },
    });
  },
);

void tap.test(
  'a change to a blocked job writes its document twice, with a bounded size even after thirty changes',
  async (t) => {
    const scene = new Scene(t);
    const first = evaluationId(0);
    await scene.write([submitted('j1', undefined, first)], [blocked('j1', first)]);
    const change = (n: number): Promise<Readonly<Record<string, Written>>> => {
      const id = evaluationId(n);
      return scene.write(
        [updated('j1', undefined, id)],
        [blocked('j1', id, n, [{ kind: 'job-updated', ref: id }])],
      );
    };
    for (let n = 1; n < 30; n += 1) await change(n);
    // With one document per evaluation, and all former versions in the job's, it took five documents of 7,279 bytes and one deletion. The
    // newest five evaluations keep their reasons.
    wroteAtMost(t, await change(30), { jobs: { documents: 2, removed: 0, bytes: 3_600 } });
  },
);

void tap.test(
  'a change to a running job writes its document twice, and the documents of its allocations',
  async (t) => {
    const scene = new Scene(t);
    const change = (n: number, tasks?: JobSpecification): Promise<Readonly<Record<string, Written>>> => {
      const id = evaluationId(n);
      const command = n === 0 ? submitted('j1', tasks, id) : updated('j1', tasks, id);
      const triggers = [{ kind: n === 0 ? ('job-submitted' as const) : ('job-updated' as const), ref: id }];
      return scene.write(
        [command],
        [placed(place(`a${n}`, 'j1'), n, 0, id), evaluated('j1', id, n, triggers)],
      );
    };
    for (let n = 0; n < 30; n += 1) await change(n);
    // This formerly took five documents of 7,175 bytes and two deletions.
    wroteAtMost(t, await change(30), {
      jobs: { documents: 2, removed: 0, bytes: 2_600 },
      allocations: { documents: 1, removed: 1, bytes: 450 },
    });
    for (let n = 31; n < 60; n += 1) await change(n, specification(group('web', 1, `sleep ${n}`)));
    // Ten former versions with their tasks are retained, because they may still be shown.
    wroteAtMost(t, await change(60, specification(group('web', 1, 'sleep 60'))), {
      jobs: { documents: 2, removed: 0, bytes: 4_900 },
      allocations: { documents: 1, removed: 1, bytes: 450 },
    });
  },
);
