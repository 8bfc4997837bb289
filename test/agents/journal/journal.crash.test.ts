import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { Journal } from '#agents/journal/journal.js';
import type { AllocationRecord } from '#agents/journal/record.js';
import { newRecord } from '#agents/runner/new-record.js';
import { order } from '../support/agent.js';

const said: string[] = [];
const say = (_fields: object, code: string): void => void said.push(code);
const log = { debug: say, info: say, warn: say, error: say };
t.beforeEach(() => void (said.length = 0));

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstcrash-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

function recordOf(allocationId: string, startTime: number | null = null): AllocationRecord {
  return { ...newRecord(order({ command: 'true' }), 3, 1000), allocationId, startTime };
}

async function recordsIn(directory: string): Promise<AllocationRecord[]> {
  const { journal, records } = await Journal.open(directory, log);
  await journal.close();
  return records;
}

void t.test('drops a write that a crash truncated, and keeps earlier ones', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'records.log');
  const [first, other] = [recordOf('a', 1), recordOf('b')];
  const { journal } = await Journal.open(directory, log);
  await journal.save('a', () => first);
  const before = await readFile(file);
  await Promise.all([journal.save('a', () => ({ ...first, startTime: 2 })), journal.save('b', () => other)]);
  const after = await readFile(file);
  await journal.close();
  for (let length = before.length; length < after.length; length += 1) {
    await writeFile(file, after.subarray(0, length));
    said.length = 0;
    const { journal: next, records } = await Journal.open(directory, log);
    t.same(records, [first], `cut after ${length} bytes`);
    t.strictSame(said, length === before.length ? [] : ['agent.journal.torn']);
    if (length % 50 !== 0) {
      await next.close();
      continue;
    }
    await next.save('c', () => recordOf('c'));
    await next.close();
    t.strictSame(
      (await recordsIn(directory)).map(({ allocationId }) => allocationId),
      ['a', 'c'],
      'later writes are read',
    );
  }
});

void t.test('moves damaged data aside, and never starts its allocations again', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'records.log');
  const { journal } = await Journal.open(directory, log);
  await journal.save('whole', () => recordOf('whole'));
  const good = (await readFile(file)).length;
  await Promise.all([
    journal.save('hurt', () => recordOf('hurt')),
    journal.save('mended', () => recordOf('mended')),
  ]);
  await journal.save('mended', () => recordOf('mended', 5));
  const bytes = await readFile(file);
  bytes[good + 20] = 0;
  await journal.close();
  await writeFile(file, bytes);
  const next = await Journal.open(directory, log);
  t.strictSame(
    next.records.map(({ allocationId, startTime }) => [allocationId, startTime]),
    [
      ['mended', 5],
      ['whole', null],
    ],
  );
  t.ok(next.journal.wasForgotten('hurt'));
  t.notOk(next.journal.wasForgotten('mended'), 'an allocation with a newer intact record is not forgotten');
  t.strictSame(said, ['agent.journal.damaged']);
  t.match(await readFile(`${file}.unreadable`, 'latin1'), '"allocationId":"hurt"');
  await next.journal.close();
  said.length = 0;
  const last = await Journal.open(directory, log);
  await last.journal.close();
  t.ok(last.journal.wasForgotten('hurt'), 'the allocation is still forgotten after another restart');
  t.strictSame(said, [], 'the damage is logged once');
});

void t.test('ids in a damaged list of forgotten allocations remain forgotten', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'forgotten.log');
  const { journal } = await Journal.open(directory, log);
  for (const id of ['a', 'b', 'c']) await journal.forget(id);
  await journal.close();
  const text = await readFile(file, 'latin1');
  await writeFile(file, text.replace(/^\S+/, '00000000'), 'latin1');
  const next = await Journal.open(directory, log);
  await next.journal.close();
  t.ok(['a', 'b', 'c'].every((id) => next.journal.wasForgotten(id)));
});

void t.test('loses no record in a crash at any step of a rewrite', async (t) => {
  const directory = await folder(t);
  const file = path.join(directory, 'records.log');
  const { journal } = await Journal.open(directory, log);
  const records = [recordOf('a', 1), recordOf('b', 2)];
  for (const record of [recordOf('a'), recordOf('b'), ...records, recordOf('c')])
    await journal.save(record.allocationId, () => record);
  await journal.forget('c');
  const old = await readFile(file);
  await journal.compact();
  const anew = await readFile(file);
  await journal.close();
  t.ok(anew.length < old.length);
  const steps: readonly (readonly [string, Record<string, Buffer>])[] = [
    ['before the rewrite', { 'records.log': old }],
    ['while the new file is written', { 'records.log': old, 'records.log.tmp': anew.subarray(0, 100) }],
    ['before the new file is renamed', { 'records.log': old, 'records.log.tmp': anew }],
    ['after the rewrite', { 'records.log': anew }],
  ];
  for (const [step, files] of steps) {
    for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(directory, name), bytes);
    t.same(await recordsIn(directory), records, step);
    t.notOk((await readdir(directory)).includes('records.log.tmp'));
  }
});
