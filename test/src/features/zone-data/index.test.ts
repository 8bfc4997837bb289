import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { ZONE_DATA_VERSION, type Zone } from '#domain/tasks/schedule/index.js';
import { tasks, type TaskDocument } from '#projections/tasks/tasks.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import type { FindMovedTasks } from '#src/fleet/tasks/index.js';
import { ZoneData } from '#src/features/zone-data/index.js';
import { movedTasks } from '#src/fleet/tasks/moved-tasks.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { plainTask } from '../../../fixtures/plain-task.js';

const FORMER = { version: '2025c', zones: { '60|0|': 'Africa/Casablanca' } };

/** A server in the place of one that decided with the data of {@link FORMER}. */
async function scene(t: Test) {
  const directory = ownFolder(t);
  const store = await openSqliteEventStore({ directory });
  t.teardown(() => store.close());
  await store.append({
    stream: 'cluster',
    expected: 'no_stream',
    events: [
      {
        id: randomUUID(),
        type: 'ZoneDataChanged',
        data: JSON.stringify({ version: FORMER.version }),
        metadata: JSON.stringify({ $correlationId: 'c', $causationId: 'c', at: 1, v: 1 }),
      },
    ],
  });
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
  t.teardown(() => executor.close());
  writeFileSync(join(directory, 'zone-data.json'), JSON.stringify(FORMER));
  const problems: string[] = [];
  const zoneData = new ZoneData({
    executor,
    directory,
    searchMs: 100,
    onProblem: (code, error) => {
      problems.push(`${code}: ${String(error)}`);
    },
  });
  const recorded = async (): Promise<unknown> => {
    for await (const events of store.readStream('cluster', { from: 1 }))
      for (const { data } of events) return JSON.parse(data);
    return undefined;
  };
  return { zoneData, directory, problems, recorded };
}

const stuck: FindMovedTasks = () => new Promise(() => undefined);
const failing: FindMovedTasks = () => Promise.reject(new Error('the read model is closed'));

for (const [title, find, problem] of [
  ['fails', failing, /^zone-data\.not-compared: Error: the read model is closed$/],
  ['does not end', stuck, /^zone-data\.not-compared: TimeoutError/],
] as const)
  void t.test(`slots are decided when the search for moved tasks ${title}`, async (t) => {
    const { zoneData, directory, problems, recorded } = await scene(t);
    t.same(await Promise.all([zoneData.isInForce(find), zoneData.isInForce(find)]), [true, true]);
    t.strictSame(await recorded(), { version: ZONE_DATA_VERSION, before: FORMER.version });
    t.match(problems, [problem]);
    t.equal(problems.length, 1);
    const stored = JSON.parse(readFileSync(join(directory, 'zone-data.json'), 'utf8')) as object;
    t.match(stored, { version: ZONE_DATA_VERSION });
  });

void t.test('the search for moved tasks ends at its limit, and lets other work go on', async (t) => {
  const definition = plainTask({}, { timezone: 'Africa/Casablanca', pattern: '0 12 * * *' });
  const task = { taskId: 1, definition, status: 'active' as const, decidedUntil: 0, ran: [], held: false };
  const json = JSON.stringify(task satisfies Partial<TaskDocument>);
  let listed = 0;
  const readModels = {
    async *list(model: string) {
      t.equal(model, tasks.name);
      for (; listed < 1_000_000; listed += 1)
        yield await Promise.resolve([{ id: '1', created: 1n, json, parked: false }]);
    },
  };
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error('too late')), 50);
  t.teardown(() => clearTimeout(timer));
  const former = new Map<string, Zone>([
    [
      'africa/casablanca',
      { name: '', wallAt: (at) => at, momentOf: (at) => ({ at }), changeAfter: () => undefined },
    ],
  ]);
  await t.rejects(movedTasks(readModels, former, limit.signal), { message: 'too late' });
  t.ok(listed > 1 && listed < 1_000_000, `${listed} tasks`);
});
