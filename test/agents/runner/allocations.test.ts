import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import type { DiskFile } from '#agents/platform/files/disk.js';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { order } from '../support/agent.js';
import { diskWithSync } from '../support/disks.js';
import { handOrder } from '../support/hand-driver.js';
import { until } from '../support/peer-server.js';
import { openRunner } from '../support/runner.js';

function slowDisk() {
  let held: Promise<void> | undefined;
  let letGo: () => void = () => undefined;
  const sync = async (opened: DiskFile): Promise<void> => {
    await held;
    await opened.sync();
  };
  return {
    disk: diskWithSync(sync),
    hold: (): void => void (held = new Promise((resolve) => (letGo = resolve))),
    letGo: (): void => {
      held = undefined;
      letGo();
    },
  };
}

void t.test(
  'ignores an order that it already has, and refuses a different one with the same id',
  async (t) => {
    const { allocations, reported, dataDir } = await openRunner(t);
    const given = order({ command: `echo line >> ${dataDir}/lines` });
    await Promise.all([allocations.accept(given, 1), allocations.accept(given, 1)]);
    await reported(given.allocation_id, 'complete');
    await allocations.accept(given, 1);
    t.equal(readFileSync(path.join(dataDir, 'lines'), 'utf8'), 'line\n');
    t.equal(allocations.list().length, 1);
    await t.rejects(allocations.accept({ ...given, job_id: 'another' }, 1), { message: /different content/ });
  },
);

void t.test('never starts an allocation that was stopped before its order', async (t) => {
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
});

void t.test('refuses an order for an allocation that is being stopped', async (t) => {
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
});

void t.test(
  'stops allocations that are not in the desired list, unless they are less than 5 s old',
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
    t.same(
      idsOf('agent.allocation.surplus'),
      [],
      'an allocation that was unknown when the list was requested is not surplus',
    );
    await want(kept);
    t.same(idsOf('agent.allocation.surplus'), [id]);
    await until(() => (hand.task(id)?.stops ?? 0) > 0);
    hand.task(id)?.end(143);
    t.match(await reported(id, 'stopped'), { message: 'no longer required by the server' });
    t.equal(report(kept.allocation_id)?.status, 'running');
    t.equal(hand.task(kept.allocation_id)?.stops, 0);
    await want(kept);
    t.same(idsOf('agent.allocation.surplus'), [id], 'an ended allocation is not stopped again');
  },
);

void t.test('keeps an allocation whose order the server has lost', async (t) => {
  const { allocations, reported, hand, clock, idsOf } = await openRunner(t);
  const order = handOrder();
  const id = order.allocation_id;
  await allocations.accept(order, 1);
  await reported(id, 'running');
  await clock.advance(5_000);
  const list = { node_id: 'n', epoch: 1, digest: '', allocations: [], kept: [id, 'never-started'] };
  await allocations.reconcile(list, allocations.known());
  t.same(idsOf('agent.allocation.surplus'), []);
  t.equal(hand.task(id)?.stops, 0);
});

void t.test('replaces an allocation if its order has another placement time', async (t) => {
  const { allocations, reported, want, hand, directory, idsOf } = await openRunner(t);
  const first = handOrder(1, { placed_at: 1000 });
  const id = first.allocation_id;
  await allocations.accept(first, 1);
  await reported(id, 'running');
  const file = path.join(directory.tasks, id, 'main/local/file');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  await want({ ...first });
  t.same(idsOf('agent.allocation.placed-anew'), [], 'a repeated order replaces nothing');
  const before = hand.task(id);
  const second = want({ ...first, placed_at: 2000 });
  await until(() => (before?.stops ?? 0) > 0);
  t.same(idsOf('agent.allocation.placed-anew'), [id]);
  t.equal(hand.task(id), before, 'the second placement waits for the end of the first');
  before?.end(143);
  await second;
  await until(() => hand.task(id) !== before);
  t.match(await reported(id, 'running'), { placed_at: 2000, message: null });
  t.notOk(existsSync(file));
});

void t.test('starts on a GPU only once the end of its previous task is recorded on disk', async (t) => {
  const slow = slowDisk();
  const { allocations, reported, report, hand, idsOf } = await openRunner(t, {
    journal: { disk: slow.disk },
  });
  t.teardown(slow.letGo);
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
  slow.hold();
  hand.task(first.allocation_id)?.end(0);
  await reported(first.allocation_id, 'complete');
  t.equal(
    allocations.running(),
    2,
    'an ended allocation is not counted as running before its end is on disk',
  );
  t.equal(hand.task(second.allocation_id), undefined);
  slow.letGo();
  await reported(second.allocation_id, 'running');
  hand.task(second.allocation_id)?.end(0);
  hand.task(other.allocation_id)?.end(0);
  await Promise.all(allocations.list().map((each) => each.released()));
  t.equal(allocations.running(), 0);
});

void t.test(
  'reports all allocations, or only those that changed since the last acknowledgement',
  async (t) => {
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
    t.same(told('all'), both, 'an acknowledged end is reported while the server wants the allocation');
    await want(two);
    t.same(told('all'), [other]);
  },
);

void t.test('measures running tasks every second', async (t) => {
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
});

/** For each size, runs an allocation for one second that leaves a file of that size in its working folder. Afterwards the server requires none of them. */
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

void t.test('retains ended allocations as configured, and never starts them again', async (t) => {
  const { allocations, clock, there, ids, journal } = await ended(t, { seconds: 10 }, 1, 1);
  // The first allocation ended one second before the second one, which has just ended.
  await clock.advance(9_000);
  await allocations.sweep();
  t.same(there(), [0, 1], 'an allocation that ended exactly 10 s ago is retained');
  await clock.advance(1);
  await allocations.sweep();
  t.same(there(), [1]);
  t.equal(allocations.wasSwept(ids[0]!), true);
  t.equal(allocations.wasSwept(ids[1]!), false);
  t.equal(journal.wasForgotten(ids[0]!), true);
  await t.rejects(allocations.accept({ ...handOrder(), allocation_id: ids[0]! }, 1), {
    message: /has ended/,
  });
});

void t.test('retains desired allocations, and ended ones that the server has not acknowledged', async (t) => {
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
});

void t.test('above the maximum size, removes the largest working folders first', async (t) => {
  const { allocations, there, logged } = await ended(
    t,
    { seconds: 1e6, bytes: 3_000_000 },
    1_000_000,
    4_000_000,
    500_000,
  );
  await allocations.sweep();
  t.same(there('main/local'), [0, 2]);
  t.same(there('main/logs'), [0, 1, 2], 'logs are retained longer than files');
  t.same(
    logged.filter(({ code }) => /failed/.test(code)),
    [],
  );
});

void t.test('above the maximum size, removes the oldest logs', async (t) => {
  const { allocations, there } = await ended(t, { seconds: 1e6, bytes: 250_000 }, 1, 1, 1);
  await allocations.sweep();
  t.same(there('main/local'), []);
  t.same(there('main/logs'), [1, 2]);
});
