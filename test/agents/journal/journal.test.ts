import { rmdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Journal } from '#agents/journal/journal.js';
import { newRecord } from '#agents/runner/allocation.js';
import { order } from '../support/agent.js';

const said: string[] = [];
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (_fields: object, code: string) => void said.push(code) };

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstjournal-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

void t.test('what was saved is read again, the newest of many saves', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  const saves: Promise<void>[] = [];
  for (let start = 0; start < 20; start += 1) {
    record.startTime = start;
    saves.push(journal.save(record.allocationId, () => record));
  }
  await Promise.all(saves);
  t.same((await Journal.open(directory, log)).records, [record]);
  t.same(
    (await readdir(directory)).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

void t.test('a forgotten allocation is remembered by its id alone', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), null, 1000);
  await journal.save(record.allocationId, () => record);
  await journal.forget(record.allocationId);
  const again = await Journal.open(directory, log);
  t.same(again.records, []);
  t.ok(again.journal.wasForgotten(record.allocationId));
  t.notOk(again.journal.wasForgotten('another'));
});

void t.test('a file that does not parse is put aside and said', async (t) => {
  const directory = await folder(t);
  await writeFile(path.join(directory, 'broken.json'), '{"format":1,');
  await writeFile(path.join(directory, 'later.json'), '{"format":2}');
  await writeFile(path.join(directory, 'half.json.tmp'), '{');
  const { records, journal } = await Journal.open(directory, log);
  t.same(records, []);
  t.ok(journal.wasForgotten('broken') && journal.wasForgotten('later'), 'what it was about does not start again');
  t.same(said, ['agent.journal.unreadable', 'agent.journal.unreadable']);
  t.equal(await readFile(path.join(directory, 'broken.json.unreadable'), 'utf8'), '{"format":1,');
});

void t.test('only the user of the agent can read what is kept', async (t) => {
  const directory = path.join(await folder(t), 'journal');
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  await journal.save(record.allocationId, () => record);
  await journal.forget('another');
  const modes = [directory, ...(await readdir(directory)).map((name) => path.join(directory, name))].map(async (file) => (await stat(file)).mode & 0o777);
  t.strictSame(await Promise.all(modes), [0o700, 0o600, 0o600]);
});

void t.test('a save that comes while another is written says what holds when its turn comes, and many of them are one', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  let asked = 0;
  const save = (startTime: number) =>
    journal.save(record.allocationId, () => {
      asked += 1;
      return { ...record, startTime };
    });
  const first = save(1);
  t.equal(asked, 1, 'the first is asked for at once');
  const others = [2, 3, 4].map(save);
  await first;
  await Promise.all(others);
  t.equal(asked, 2);
  t.match((await Journal.open(directory, log)).records, [{ startTime: 4 }]);
  await save(5);
  t.equal(asked, 3, 'once all is written the next begins anew');
  t.match((await Journal.open(directory, log)).records, [{ startTime: 5 }]);
});

void t.test('while one allocation is written another does not wait for it', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const records = [1, 2, 3].map(() => newRecord(order({ command: 'true' }), 3, 1000));
  let asked = 0;
  const saves = records.map((record) =>
    journal.save(record.allocationId, () => {
      asked += 1;
      return record;
    }),
  );
  t.equal(asked, 3);
  await Promise.all(saves);
  t.equal((await Journal.open(directory, log)).records.length, 3);
});

void t.test('records are read in the order of their names', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const ids = ['b', 'd', 'a', 'c'];
  for (const allocationId of ids) await journal.save(allocationId, () => ({ ...newRecord(order({ command: 'true' }), 3, 1000), allocationId }));
  await writeFile(path.join(directory, 'a.txt'), 'nothing of ours');
  t.strictSame(
    (await Journal.open(directory, log)).records.map(({ allocationId }) => allocationId),
    ['a', 'b', 'c', 'd'],
  );
  t.equal(await readFile(path.join(directory, 'a.txt'), 'utf8'), 'nothing of ours');
});

void t.test('a journal that could not be written is not healthy until it can be again', async (t) => {
  const directory = path.join(await folder(t), 'journal');
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  const save = () => journal.save(record.allocationId, () => record);
  t.ok(await journal.isHealthy());
  t.strictSame(await readdir(directory), [], 'nothing is tried while nothing has failed');
  await rm(directory, { recursive: true });
  const [first, second] = await Promise.allSettled([save(), save()]);
  t.strictSame([first.status, second.status], ['rejected', 'rejected']);
  t.notOk(await journal.isHealthy());
  t.notOk(await journal.isHealthy(), 'nor when it is asked again');
  await mkdir(directory);
  t.ok(await journal.isHealthy());
  await rm(path.join(directory, 'probe'));
  t.ok(await journal.isHealthy());
  t.strictSame(await readdir(directory), [], 'once it could be written it is not tried any more');
  await save();
  t.same((await Journal.open(directory, log)).records, [record]);
});

void t.test('a save that waited for one that failed is written nevertheless', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log);
  const record = newRecord(order({ command: 'true' }), 3, 1000);
  const draft = path.join(directory, `${record.allocationId}.json.tmp`);
  await mkdir(draft);
  const failing = journal.save(record.allocationId, () => record);
  const waiting = journal.save(record.allocationId, () => {
    rmdirSync(draft);
    return record;
  });
  await t.rejects(failing, { code: 'EISDIR' });
  await waiting;
  t.same((await Journal.open(directory, log)).records, [record]);
});

const kept = async (directory: string): Promise<string[]> => (await readFile(path.join(directory, 'forgotten.list'), 'utf8')).trimEnd().split('\n');

void t.test('of twice as many forgotten allocations as are to be remembered the newer half is kept', async (t) => {
  const directory = await folder(t);
  const { journal } = await Journal.open(directory, log, 3);
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await journal.forget(id);
  t.strictSame(await kept(directory), ['a', 'b', 'c', 'd', 'e', 'f']);
  await journal.forget('g');
  t.strictSame(await kept(directory), ['e', 'f', 'g']);
  t.strictSame(
    ['a', 'd', 'e', 'f', 'g'].map((id) => journal.wasForgotten(id)),
    [false, false, true, true, true],
  );
  await journal.forget('h');
  t.strictSame(await kept(directory), ['e', 'f', 'g', 'h'], 'and it goes on from there');
});

void t.test('a start keeps as many as are to be remembered, the newest', async (t) => {
  const directory = await folder(t);
  const ids = Array.from({ length: 50_001 }, (_, index) => `a${index}`);
  await writeFile(path.join(directory, 'forgotten.list'), `${ids.join('\n')}\n`);
  const { journal } = await Journal.open(directory, log);
  t.strictSame(await kept(directory), ids.slice(1));
  t.notOk(journal.wasForgotten('a0') || journal.wasForgotten(''));
  t.ok(journal.wasForgotten('a1') && journal.wasForgotten('a50000'));
  await writeFile(path.join(directory, 'forgotten.list'), 'a\nb\n');
  await Journal.open(directory, log, 2);
  t.strictSame(await kept(directory), ['a', 'b']);
});
