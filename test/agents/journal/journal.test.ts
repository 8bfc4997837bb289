import { rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { DiskFile } from '#agents/platform/files/disk.js';
import { lineOf } from '#agents/journal/checked-lines.js';
import { Journal, type JournalOptions } from '#agents/journal/journal.js';
import { newRecord } from '#agents/runner/new-record.js';
import { order } from '../support/agent.js';
import { until } from '../support/peer-server.js';
import { diskWithSync } from '../support/disks.js';

const said: string[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (_fields: object, code: string) => void said.push(code),
};

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstjournal-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function openJournal(
  t: Test,
  directory: string,
  options: JournalOptions = {},
): ReturnType<typeof Journal.open> {
  const opened = await Journal.open(directory, log, options);
  t.teardown(() => opened.journal.close());
  return opened;
}

void t.test('returns the last of many saves after a restart', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  const saves: Promise<void>[] = [];
  for (let start = 0; start < 20; start += 1) {
    record.startTime = start;
    saves.push(journal.save(record.allocationId, () => record));
  }
  await Promise.all(saves);
  t.same((await openJournal(t, directory)).records, [record]);
  t.same(
    (await readdir(directory)).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

void t.test('keeps only the id of a forgotten allocation', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const record = newRecord(order({ command: 'true' }), null, 1000);
  await journal.save(record.allocationId, () => record);
  await journal.forget(record.allocationId);
  const again = await openJournal(t, directory);
  t.same(again.records, []);
  t.ok(again.journal.wasForgotten(record.allocationId));
  t.notOk(again.journal.wasForgotten('another'));
});

void t.test('moves an invalid record aside, and never starts its allocation again', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  await journal.save(record.allocationId, () => record);
  await journal.close();
  const file = path.join(directory, 'records.log');
  await writeFile(file, Buffer.concat([await readFile(file), lineOf(['["later",{"format":2}]'])]));
  said.length = 0;
  for (const round of ['at the first start', 'at the second start']) {
    const next = await openJournal(t, directory);
    t.same(next.records, [record]);
    t.ok(next.journal.wasForgotten('later'), round);
    t.strictSame(said, ['agent.journal.unreadable'], 'the invalid record is logged once');
    await next.journal.close();
  }
  t.equal(await readFile(path.join(directory, 'later.unreadable'), 'utf8'), '{"format":2}');
});

void t.test("is readable only by the agent's user", async (t) => {
  const directory = path.join(await folder(t), 'journal');
  const { journal } = await openJournal(t, directory);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  await journal.save(record.allocationId, () => record);
  await journal.forget('another');
  const modes = [directory, ...(await readdir(directory)).map((name) => path.join(directory, name))].map(
    async (file) => (await stat(file)).mode & 0o777,
  );
  t.strictSame(await Promise.all(modes), [0o700, 0o600, 0o600]);
});

/** A journal whose syncs are counted and wait for the test. */
async function counted(t: Test) {
  const directory = await folder(t);
  let syncs = 0;
  let gate = Promise.resolve();
  const sync = async (opened: DiskFile): Promise<void> => {
    syncs += 1;
    await gate;
    await opened.sync();
  };
  const { journal } = await openJournal(t, directory, { disk: diskWithSync(sync) });
  const hold = (): (() => void) => {
    let open = (): void => undefined;
    gate = new Promise<void>((resolve) => (open = resolve));
    return open;
  };
  return { directory, journal, hold, syncs: () => syncs };
}

void t.test('combines saves that arrive during a write', async (t) => {
  const { directory, journal, hold } = await counted(t);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  let asked = 0;
  const save = (startTime: number) =>
    journal.save(record.allocationId, () => {
      asked += 1;
      return { ...record, startTime };
    });
  await save(0);
  asked = 0;
  const open = hold();
  const first = save(1);
  await until(() => asked === 1);
  const others = [2, 3, 4].map(save);
  open();
  await first;
  await Promise.all(others);
  t.equal(asked, 2);
  t.match(await readFile(path.join(directory, 'records.log'), 'utf8'), '"startTime":4');
  await save(5);
  t.equal(asked, 3, 'a save after a completed write begins another write');
  t.match((await openJournal(t, directory)).records, [{ startTime: 5 }]);
});

void t.test('writes saves of many allocations with a single sync', async (t) => {
  const { directory, journal, hold, syncs } = await counted(t);
  const records = Array.from({ length: 101 }, () => newRecord(order({ command: 'true' }), 3, 1000));
  const [first, ...rest] = records;
  if (first === undefined) return;
  await journal.save(first.allocationId, () => first);
  const before = syncs();
  const open = hold();
  const saving = journal.save(first.allocationId, () => first);
  await until(() => syncs() === before + 1);
  const saves = rest.map((record) => journal.save(record.allocationId, () => record));
  open();
  await Promise.all([saving, ...saves]);
  t.equal(syncs() - before, 2);
  t.equal((await openJournal(t, directory)).records.length, 101);
  await Promise.all(rest.map((record) => journal.forget(record.allocationId)));
  t.ok(syncs() - before <= 4, 'forgotten ids share syncs too');
});

void t.test('reads records in the order of their ids', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const ids = ['b', 'd', 'a', 'c'];
  for (const allocationId of ids)
    await journal.save(allocationId, () => ({
      ...newRecord(order({ command: 'true' }), 3, 1000),
      allocationId,
    }));
  await writeFile(path.join(directory, 'a.txt'), 'nothing of ours');
  t.strictSame(
    (await openJournal(t, directory)).records.map(({ allocationId }) => allocationId),
    ['a', 'b', 'c', 'd'],
  );
  t.equal(await readFile(path.join(directory, 'a.txt'), 'utf8'), 'nothing of ours');
});

void t.test('is unhealthy from a failed write until a write succeeds', async (t) => {
  const directory = path.join(await folder(t), 'journal');
  const { journal } = await openJournal(t, directory);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  const save = () => journal.save(record.allocationId, () => record);
  t.ok(await journal.isHealthy());
  t.strictSame(await readdir(directory), [], 'nothing is probed before a failure');
  await rm(directory, { recursive: true });
  const [first, second] = await Promise.allSettled([save(), save()]);
  t.strictSame([first.status, second.status], ['rejected', 'rejected']);
  t.notOk(await journal.isHealthy());
  t.notOk(await journal.isHealthy(), 'the journal is still unhealthy');
  await mkdir(directory);
  t.ok(await journal.isHealthy());
  await rm(path.join(directory, 'probe'));
  t.ok(await journal.isHealthy());
  t.strictSame(await readdir(directory), [], 'nothing is probed after a successful write');
  await save();
  t.same((await openJournal(t, directory)).records, [record]);
});

void t.test('writes a save that was waiting when an earlier one failed', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const [before, record] = [1, 2].map(() => newRecord(order({ command: 'true' }), 3, 1000));
  if (before === undefined || record === undefined) return;
  await journal.save(before.allocationId, () => before);
  await rm(path.join(directory, 'records.log'));
  const draft = path.join(directory, 'records.log.tmp');
  await mkdir(draft);
  let waiting: Promise<void> | undefined;
  const failing = journal.save(record.allocationId, () => {
    waiting ??= journal.save(record.allocationId, () => {
      rmdirSync(draft);
      return record;
    });
    return record;
  });
  await t.rejects(failing, { code: 'EISDIR' });
  await waiting;
  t.same((await openJournal(t, directory)).records.length, 2);
});

const known = (journal: Journal, ids: readonly string[]): string[] =>
  ids.filter((id) => journal.wasForgotten(id));

void t.test('drops the older half of the forgotten ids when there are too many', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory, { remembered: 3 });
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  for (const id of ids.slice(0, 6)) await journal.forget(id);
  t.strictSame(known(journal, ids), ids.slice(0, 6));
  await journal.forget('g');
  t.strictSame(known(journal, ids), ['e', 'f', 'g']);
  await journal.compact();
  t.notMatch(
    await readFile(path.join(directory, 'forgotten.log'), 'utf8'),
    '"d"',
    'an id beyond the limit is removed from the file',
  );
  await journal.forget('h');
  await journal.close();
  t.strictSame(
    known((await openJournal(t, directory)).journal, [...ids, 'h']),
    ['e', 'f', 'g', 'h'],
    'later ids are added to the retained ones',
  );
});

void t.test('loads only the newest 50,000 forgotten ids at startup', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const ids = Array.from({ length: 50_001 }, (_, index) => `a${index}`);
  await Promise.all(ids.map((id) => journal.forget(id)));
  await journal.close();
  const next = await openJournal(t, directory);
  t.notOk(next.journal.wasForgotten('a0') || next.journal.wasForgotten(''));
  t.ok(next.journal.wasForgotten('a1') && next.journal.wasForgotten('a50000'));
});

void t.test('removes obsolete data by an automatic rewrite', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const text = () => readFile(path.join(directory, 'records.log'), 'utf8');
  const [ended, gone, other] = [1, 2, 3].map(() => newRecord(order({ command: 'echo a secret' }), 3, 1000));
  if (ended === undefined || gone === undefined || other === undefined) return;
  for (const each of [ended, gone, other]) await journal.save(each.allocationId, () => each);
  delete ended.order;
  await journal.save(ended.allocationId, () => ended);
  await journal.forget(gone.allocationId);
  delete other.order;
  await journal.save(other.allocationId, () => other);
  t.match(await text(), 'a secret');
  const life = new AbortController();
  // Pauses last only a millisecond.
  void journal.run({ ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) }, life.signal);
  await until(async () => !(await text()).includes('a secret'));
  life.abort();
  await journal.close();
  t.strictSame(
    (await openJournal(t, directory)).records.map(({ allocationId }) => allocationId),
    [ended.allocationId, other.allocationId].sort(),
  );
});

void t.test('limits the size of its file', async (t) => {
  const directory = await folder(t);
  const { journal } = await openJournal(t, directory);
  const record = { ...newRecord(order({ command: 'true' }), 3, 1000), message: 'x'.repeat(200_000) };
  let largest = 0;
  for (let round = 0; round < 100; round += 1) {
    record.startTime = round;
    await journal.save(record.allocationId, () => record);
    largest = Math.max(largest, (await stat(path.join(directory, 'records.log'))).size);
  }
  t.ok(largest < 10_000_000, `${largest} bytes`);
  await journal.close();
  t.match((await openJournal(t, directory)).records, [{ startTime: 99 }]);
});

void t.test('rejects saves after it is closed', async (t) => {
  const { journal } = await openJournal(t, await folder(t));
  await journal.close();
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  await t.rejects(
    journal.save(record.allocationId, () => record),
    { message: 'the journal is closed' },
  );
});
