import t from 'tap';
import fc from 'fast-check';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { JobCommand } from '#domain/jobs/job/commands.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

/** Sleeps end at once. With a signal, sleeps of a second or more last until it aborts. */
const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: (ms, signal) =>
    ms >= 1000 && signal?.aborted === false
      ? new Promise((done) => signal.addEventListener('abort', () => done()))
      : Promise.resolve(),
};

/** Outcomes of an append: written, written without a response, not written, or refused because the store is busy. */
type Fate = 'taken' | 'silent' | 'dropped' | 'busy';

/** A store whose appends meet these fates in order. After the last fate every append succeeds. */
function fated(store: EventStore, fates: readonly Fate[]): EventStore {
  const left = [...fates];
  return new Proxy(store, {
    get: (target, name) => {
      if (name !== 'append') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (request: Parameters<EventStore['append']>[0]) => {
        const fate = left.shift() ?? 'taken';
        if (fate === 'busy') throw new MusterError('MUSTER_E_STORE_BUSY', { queued: 1 });
        const result = fate === 'dropped' ? undefined : await target.append(request);
        if (result === undefined || fate === 'silent')
          throw new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: fate });
        return result;
      };
    },
  });
}

const step = fc.record({
  executor: fc.nat({ max: 1 }),
  job: fc.constantFrom('a', 'b'),
  kind: fc.constantFrom('submit', 'update', 'stop', 'restart', 'delete'),
  key: fc.option(fc.constantFrom('k1', 'k2', 'k3'), { nil: undefined }),
});

void t.test(
  'executes accepted commands exactly once and refused ones never, even if appends fail or lose their responses',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.array(fc.constantFrom<Fate>('taken', 'silent', 'dropped', 'busy'), { maxLength: 30 }),
        fc.boolean(),
        async (steps, fates, atOnce) => {
          const store = createMemoryEventStore();
          const executors = await Promise.all(
            ['x', 'y'].map((writer) => openCommandExecutor({ store: fated(store, fates), clock, writer })),
          );
          const acknowledged = new Set<string>();
          const refused = new Set<string>();
          const run = async (
            { executor, job, kind, key }: (typeof steps)[number],
            index: number,
          ): Promise<void> => {
            const evaluationId = key === undefined ? `e${index}` : `e-${job}-${kind}-${key}`;
            const command = {
              kind,
              jobId: job,
              evaluationId,
              specification: { task_groups: [] },
            } as unknown as JobCommand;
            const context: CommandContext = {
              commandId: evaluationId,
              repeatable: key !== undefined,
              bodyDigest: 'd',
              correlationId: 'c',
              causationId: 'c',
              actor: 'anonymous',
              surface: 'cluster',
            };
            const specified = {
              ...command,
              specification: {
                task_groups: [
                  { name: 'g', tasks: [{ name: 't', driver: 'exec', config: { command: 'x' } }] },
                ],
              },
            } as JobCommand;
            try {
              const done = await executors[executor]!.execute(jobs, job, specified, context);
              if (done.events.length > 0) acknowledged.add(evaluationId);
            } catch (error) {
              if (!(error instanceof MusterError)) throw error;
              // A failed command may have been recorded only if its outcome is unknown.
              if (error.code !== 'MUSTER_E_STORE_UNAVAILABLE') refused.add(evaluationId);
            }
          };
          if (atOnce) await Promise.all(steps.map(run));
          else for (const [index, each] of steps.entries()) await run(each, index);
          const happened = new Map<string, number>();
          for await (const page of store.readAll()) {
            for (const event of page) {
              const { evaluationId } = JSON.parse(event.data) as { evaluationId: string };
              happened.set(evaluationId, (happened.get(evaluationId) ?? 0) + 1);
            }
          }
          await Promise.all(executors.map((each) => each.close()));
          await store.close();
          return (
            [...acknowledged].every((id) => happened.get(id) === 1) &&
            [...happened.values()].every((count) => count === 1) &&
            [...refused].every((id) => acknowledged.has(id) || id.startsWith('e-') || !happened.has(id))
          );
        },
      ),
      { numRuns: 300 },
    );
    t.pass();
  },
);
