import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
