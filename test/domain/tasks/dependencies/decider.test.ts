import fc from 'fast-check';
import t from 'tap';
import {
  CHANGE_TIMEOUT_MS,
  taskDependencies,
  type ShownDependencies,
  type TaskDependencyCommand,
  type TaskDependencyEvent,
} from '#domain/tasks/dependencies/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

/** Time of the first event. */
const SINCE = 1000;
const { given, fold } = specify(taskDependencies);

const recorded = (taskId: number, after: readonly number[]): TaskDependencyEvent => ({
  type: 'TaskDependenciesSet',
  data: { tenantId: 'a', taskId, after: [...after] },
});

function set(
  taskId: number,
  after: readonly number[],
  shown: Readonly<Record<number, readonly number[]>>,
  { count = 0, now = SINCE } = {},
): TaskDependencyCommand {
  const byNumber: ShownDependencies = new Map(
    Object.entries(shown).map(([id, tasks]) => [Number(id), tasks]),
  );
  return { kind: 'set', tenantId: 'a', taskId, after, shown: byNumber, count, now };
}

void t.test('a change of dependencies is recorded, and a cycle is refused with its path', async (t) => {
  given()
    .when(set(1, [2], { 1: [], 2: [3], 3: [] }))
    .then(t, recorded(1, [2]));
  given()
    .when(set(1, [9, 2], { 1: [9], 2: [] }))
    .then(t, recorded(1, [9, 2]));
  const refusal = (command: TaskDependencyCommand): string | undefined =>
    given().when(command).outcome.refusals[0]?.message;
  t.match(
    refusal(set(1, [2], { 1: [], 2: [3], 3: [1] })),
    'after.tasks: circular dependency: task 1 after 2 after 3 after 1',
  );
  t.match(refusal(set(1, [9], { 1: [] })), 'after.tasks: there is no task 9');
});

void t.test(
  'a recorded change counts in cycle checks before its task reflects it, until the change timeout',
  async (t) => {
    const changed = given(recorded(1, [2]));
    const other = (now: number): TaskDependencyCommand => set(2, [1], { 1: [], 2: [] }, { count: 1, now });
    t.match(
      changed.when(other(SINCE + CHANGE_TIMEOUT_MS - 1)).outcome.refusals[0]?.message,
      'circular dependency: task 2 after 1 after 2',
    );
    changed.when(other(SINCE + CHANGE_TIMEOUT_MS)).then(t, recorded(2, [1]));
    changed.when(set(1, [2], { 1: [], 2: [] }, { count: 1 })).then(t);
  },
);

void t.test(
  'a change based on an outdated read, and a second change of the same task, are refused',
  async (t) => {
    const changed = given(recorded(1, [2]));
    changed
      .when(set(3, [2], { 2: [], 3: [] }, { count: 0 }))
      .refused(t, 'MUSTER_E_TASK_DEPENDENCIES_CHANGING');
    changed
      .when(set(1, [3], { 1: [], 3: [] }, { count: 1 }))
      .refused(t, 'MUSTER_E_TASK_DEPENDENCIES_CHANGING');
    // By now, the task reflects the first change.
    changed.when(set(1, [3], { 1: [2], 3: [] }, { count: 1 })).then(t, recorded(1, [3]));
  },
);

void t.test('only the request that recorded a change can withdraw it', async (t) => {
  const giveUp = { kind: 'giveUp', tenantId: 'a', taskId: 1, after: [], now: SINCE } as const;
  const changed = given(recorded(1, [2]));
  changed.when({ ...giveUp, wanted: [3] }).then(t);
  changed
    .when({ ...giveUp, wanted: [2] }, set(2, [1], { 1: [], 2: [] }, { count: 2 }))
    .then(t, recorded(1, []), recorded(2, [1]));
});

/** Tries any order of reads, appends and updates by several requests. Each may stop between two of its steps. */
void t.test('no order of concurrent changes creates a cycle', async (t) => {
  const TASKS = [1, 2, 3, 4];
  const wish = fc.record({
    taskId: fc.constantFrom(...TASKS),
    after: fc.uniqueArray(fc.constantFrom(...TASKS), { maxLength: 2 }),
  });
  let updates = 0;
  fc.assert(
    fc.property(
      fc.array(wish, { minLength: 2, maxLength: 6 }),
      fc.array(fc.nat(5), { maxLength: 30 }),
      (wishes, order) => {
        const shown = new Map<number, readonly number[]>(TASKS.map((id) => [id, []]));
        const { decide } = taskDependencies.decider;
        const log: TaskDependencyEvent[] = [];
        const requests = wishes.map(({ taskId, after }) => {
          let before: readonly number[] = [];
          let command: TaskDependencyCommand | undefined;
          return [
            () => {
              before = shown.get(taskId) ?? [];
              command = set(taskId, after, Object.fromEntries(shown), { count: log.length });
            },
            () => {
              const isSame = before.length === after.length && before.every((each) => after.includes(each));
              if (command !== undefined && !isSame) log.push(...decide(command, fold(log, SINCE)));
            },
            () => {
              if (shown.get(taskId) !== before) return;
              shown.set(taskId, [...after]);
              updates += 1;
            },
          ];
        });
        for (const turn of order) {
          const request = requests[turn % requests.length];
          try {
            request?.shift()?.();
          } catch {
            // A refused request takes no further steps.
            request?.splice(0);
          }
        }
        return TASKS.every((id) => !leadsTo(shown, id, id));
      },
    ),
    { numRuns: 3000 },
  );
  t.ok(updates > 1000, `${updates} updates were made`);
});

function leadsTo(shown: ShownDependencies, from: number, to: number, seen = new Set<number>()): boolean {
  return (shown.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return leadsTo(shown, next, to, seen);
  });
}
