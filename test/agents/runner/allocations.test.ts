import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { order } from '../support/agent.js';
import { handOrder } from '../support/hand-driver.js';
import { until } from '../support/peer-server.js';
import { openRunner } from '../support/runner.js';

function slowDisk() {
  let held: Promise<void> | undefined;
  let letGo: () => void = () => undefined;
  const sync = async (handle: FileHandle): Promise<void> => {
    await held;
    await handle.datasync();
  };
  return {
    sync,
    hold: (): void => void (held = new Promise((resolve) => (letGo = resolve))),
    letGo: (): void => {
      held = undefined;
      letGo();
    },
  };
}

void t.test(
  'an order that is known already starts nothing; one of other content under its id is refused',
  async (t) => {
    const { allocations, reported, dataDir } = await openRunner(t);
    const given = order({ command: `echo line >> ${dataDir}/lines` });
    await Promise.all([allocations.accept(given, 1), allocations.accept(given, 1)]);
    await reported(given.allocation_id, 'complete');
    await allocations.accept(given, 1);
    t.equal(readFileSync(path.join(dataDir, 'lines'), 'utf8'), 'line\n');
    t.equal(allocations.list().length, 1);
    await t.rejects(allocations.accept({ ...given, job_id: 'another' }, 1), { message: /other content/ });
  },
);

void t.test(
  'an allocation stopped before its order never starts, and reports so after a restart of the agent, too',
  async (t) => {
    const before = await openRunner(t);
    const given = order({ command: `touch ${before.dataDir}/started` });
    const id = given.allocation_id;
    t.equal(await before.allocations.remove(id), false);
    t.match(before.report(id), {
      status: 'stopped',
      message: 'stopped before it was started',
      start_time: null,
    });
    t.equal(before.allocations.get(id), undefined);
    await t.rejects(before.allocations.accept(given, 1), { message: /was stopped/ });
    await before.close();
    const next = await openRunner(t, { dataDir: before.dataDir });
    t.match(next.report(id), { status: 'stopped', message: 'stopped before it was started' });
    await t.rejects(next.allocations.accept(given, 1), { message: /was stopped/ });
    t.notOk(existsSync(path.join(before.dataDir, 'started')));
  },
);

void t.test(
  'an order for an allocation that is being stopped is refused, before its tasks have ended',
  async (t) => {
    const { allocations, reported, hand, report } = await openRunner(t);
    const given = handOrder();
    const id = given.allocation_id;
    await allocations.accept(given, 1);
    await reported(id, 'running');
    const removal = allocations.remove(id);
    await until(() => (hand.task(id)?.stops ?? 0) > 0);
    await t.rejects(allocations.accept(given, 1), { message: /was stopped/ });
    t.equal(report(id)?.status, 'running');
    hand.task(id)?.end(0);
    t.equal(await removal, true);
    await t.rejects(allocations.accept(given, 1), { message: /was stopped/ });
  },
);

void t.test(
  'an allocation that the server does not list is stopped and logged, unless it is too young for the list',
  async (t) => {
    const { allocations, reported, report, want, hand, clock, idsOf } = await openRunner(t);
    const [kept, surplus] = [handOrder(), handOrder()];
    for (const each of [kept, surplus]) await allocations.accept(each, 1);
    for (const each of [kept, surplus]) await reported(each.allocation_id, 'running');
    const id = surplus.allocation_id;
    await clock.advance(4_999);
    await want(kept);
    t.same(idsOf('agent.allocation.surplus'), []);
    await clock.advance(1);
    await allocations.reconcile({ node_id: 'n', epoch: 1, digest: '', allocations: [kept] }, new Set());
    t.same(idsOf('agent.allocation.surplus'), [], 'it came after the list was asked for');
    await want(kept);
    t.same(idsOf('agent.allocation.surplus'), [id]);
    await until(() => (hand.task(id)?.stops ?? 0) > 0);
    hand.task(id)?.end(143);
    t.match(await reported(id, 'stopped'), { message: 'no longer wanted by the server' });
    t.equal(report(kept.allocation_id)?.status, 'running');
    t.equal(hand.task(kept.allocation_id)?.stops, 0);
    await want(kept);
    t.same(idsOf('agent.allocation.surplus'), [id], 'what has ended is not stopped again');
  },
);

void t.test(
  'the same id placed at another time is another allocation: the first is ended, and nothing of it is left',
  async (t) => {
    const { allocations, reported, want, hand, directory, idsOf } = await openRunner(t);
    const first = handOrder(1, { placed_at: 1000 });
    const id = first.allocation_id;
    await allocations.accept(first, 1);
    await reported(id, 'running');
    const file = path.join(directory.tasks, id, 'main/local/file');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    await want({ ...first });
    t.same(idsOf('agent.allocation.placed-anew'), [], 'sent again');
    const before = hand.task(id);
    const second = want({ ...first, placed_at: 2000 });
    await until(() => (before?.stops ?? 0) > 0);
    t.same(idsOf('agent.allocation.placed-anew'), [id]);
    t.equal(hand.task(id), before, 'it waits for the first');
    before?.end(143);
    await second;
    await until(() => hand.task(id) !== before);
    t.match(await reported(id, 'running'), { placed_at: 2000, message: null });
    t.notOk(existsSync(file));
  },
);

void t.test(
  'what needs a GPU waits until its user has ended and that is written down; what has ended does not run',
  async (t) => {
    const disk = slowDisk();
    const { allocations, reported, report, hand, idsOf } = await openRunner(t, {
      journal: { sync: disk.sync },
    });
    t.teardown(disk.letGo);
    const [first, second, other] = [
      handOrder(1, { gpu_devices: { main: [0] } }),
      handOrder(1, { gpu_devices: { main: [0] } }),
      handOrder(1, { gpu_devices: { main: [1] } }),
    ];
    for (const each of [first, second, other]) await allocations.accept(each, 1);
    await reported(first.allocation_id, 'running');
    await reported(other.allocation_id, 'running');
    t.equal(report(second.allocation_id)?.status, 'pending');
    t.same(idsOf('agent.allocation.waits'), [second.allocation_id]);
    t.equal(allocations.running(), 3);
    disk.hold();
    hand.task(first.allocation_id)?.end(0);
    await reported(first.allocation_id, 'complete');
    t.equal(allocations.running(), 2, 'though its end is not on the disk yet');
    t.equal(hand.task(second.allocation_id), undefined);
    disk.letGo();
    await reported(second.allocation_id, 'running');
    hand.task(second.allocation_id)?.end(0);
    hand.task(other.allocation_id)?.end(0);
    await Promise.all(allocations.list().map((each) => each.released()));
    t.equal(allocations.running(), 0);
  },
);

void t.test('reports contain everything, or only changes', async (t) => {
  const { allocations, reported, hand, want } = await openRunner(t);
  const [one, two] = [handOrder(), handOrder()];
  for (const each of [one, two]) await allocations.accept(each, 1);
  for (const each of [one, two]) await reported(each.allocation_id, 'running');
  const [id, other] = [one.allocation_id, two.allocation_id];
  const told = (which: 'all' | 'news'): string[] => Object.keys(allocations.reports(which).reports).sort();
  const both = [id, other].sort();
  t.same(told('news'), both);
  allocations.acknowledge(allocations.reports('all').reports);
  t.same(told('news'), []);
  t.same(told('all'), both);
  hand.task(id)?.end(0);
  await reported(id, 'complete');
  t.same(told('news'), [id]);
  allocations.acknowledge(allocations.reports('news').reports);
  t.same(told('all'), both, 'as long as the server wants it');
  await want(two);
  t.same(told('all'), [other]);
});

void t.test(
  'running tasks are measured each second, however many there are; ended ones are not',
  async (t) => {
    const { allocations, reported, hand, clock } = await openRunner(t);
    const orders = Array.from({ length: 41 }, () => handOrder());
    for (const each of orders) await allocations.accept(each, 1);
    for (const each of orders) await reported(each.allocation_id, 'running');
    const [ended, ...others] = orders.map((each) => hand.task(each.allocation_id)!);
    ended?.end(0);
    await reported(orders[0]!.allocation_id, 'complete');
    const counts = (): number[] => [...new Set(others.map((each) => each.samples))];
    const abort = new AbortController();
    const loop = allocations.run(abort.signal);
    await clock.advance(0);
    t.same(counts(), [1]);
    await clock.advance(999);
    t.same(counts(), [1]);
    await clock.advance(1);
    t.same(counts(), [2]);
    t.equal(ended?.samples, 0);
    abort.abort();
    await loop;
  },
);

/** Runs them one after the other, a second each, and leaves files of this size in their working folders. Afterwards the server wants none of them. */
async function ended(t: Parameters<typeof openRunner>[0], retention: object, ...sizes: number[]) {
  const runner = await openRunner(t, { retention: { count: 100, perJob: 0, ...retention } });
  const { allocations, reported, hand, clock, directory, want } = runner;
  const ids: string[] = [];
  for (const bytes of sizes) {
    const given: AllocationOrder = handOrder();
    const id = given.allocation_id;
    await allocations.accept(given, 1);
    await reported(id, 'running');
    await clock.advance(1000);
    hand.task(id)?.end(0);
    await reported(id, 'complete');
    await allocations.get(id)?.released();
    for (const [folder, size] of [
      ['local', bytes],
      ['logs', 100_000],
    ] as const) {
      mkdirSync(path.join(directory.tasks, id, 'main', folder), { recursive: true });
      writeFileSync(path.join(directory.tasks, id, 'main', folder, 'file'), Buffer.alloc(size, 1));
    }
    ids.push(id);
  }
  await want();
  const there = (folder = ''): number[] =>
    ids.flatMap((id, index) => (existsSync(path.join(directory.tasks, id, folder)) ? [index] : []));
  return { ...runner, ids, there };
}

void t.test(
  'ended allocations are retained exactly as the retention says, and then never start again',
  async (t) => {
    const { allocations, clock, there, ids, journal } = await ended(t, { seconds: 10 }, 1, 1);
    // The first ended a second before the second, which ended now.
    await clock.advance(9_000);
    await allocations.sweep();
    t.same(there(), [0, 1], 'one that ended 10 s ago stays');
    await clock.advance(1);
    await allocations.sweep();
    t.same(there(), [1]);
    t.equal(allocations.wasSwept(ids[0]!), true);
    t.equal(allocations.wasSwept(ids[1]!), false);
    t.equal(journal.wasForgotten(ids[0]!), true);
    await t.rejects(allocations.accept({ ...handOrder(), allocation_id: ids[0]! }, 1), {
      message: /has ended/,
    });
  },
);

void t.test(
  'allocations that the server wants, or whose end it has not heard, are retained however old they are',
  async (t) => {
    const { allocations, clock, there, hand, reported } = await ended(t, { seconds: 10 }, 1);
    const late = handOrder();
    await allocations.accept(late, 1);
    await reported(late.allocation_id, 'running');
    hand.task(late.allocation_id)?.end(0);
    await reported(late.allocation_id, 'complete');
    await clock.advance(1e6);
    await allocations.sweep();
    t.same(there(), []);
    t.ok(allocations.get(late.allocation_id));
  },
);

void t.test(
  'above the size limit the largest working folders are removed first, and no more than needed',
  async (t) => {
    const { allocations, there, logged } = await ended(
      t,
      { seconds: 1e6, bytes: 3_000_000 },
      1_000_000,
      4_000_000,
      500_000,
    );
    await allocations.sweep();
    t.same(there('main/local'), [0, 2]);
    t.same(there('main/logs'), [0, 1, 2], 'logs are worth more than files');
    t.same(
      logged.filter(({ code }) => /failed/.test(code)),
      [],
    );
  },
);

void t.test('where the logs alone exceed the size limit the oldest are removed', async (t) => {
  const { allocations, there } = await ended(t, { seconds: 1e6, bytes: 250_000 }, 1, 1, 1);
  await allocations.sweep();
  t.same(there('main/local'), []);
  t.same(there('main/logs'), [1, 2]);
});
