import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { CallLog } from '#agents/drivers/http/call-log.js';
import { lineOf } from '#agents/journal/checked-lines.js';

async function fileOf(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstcalls-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return path.join(made, 'calls.log');
}

async function open(t: Test, file: string): Promise<CallLog> {
  const calls = await CallLog.open(file);
  t.teardown(() => calls.close());
  return calls;
}

const END = { end: { exitCode: 0, endTime: 2, outOfMemory: false }, stderr: 'done', stdout: 'a body' };

void t.test('a call can be claimed exactly once, even after a restart of the agent', async (t) => {
  const file = await fileOf(t);
  const calls = await open(t, file);
  t.strictSame(await Promise.all([calls.claim('a/main', 1), calls.claim('a/main', 1)]), [true, false]);
  await calls.claim('b/main', 1);
  await calls.end('a/main', END);
  const next = await open(t, file);
  t.strictSame(
    [await next.claim('a/main', 9), await next.claim('b/main', 9), await next.claim('c/main', 9)],
    [false, false, true],
  );
  t.strictSame(next.find('a/main'), { claimedAt: 1, ...END });
  t.strictSame(next.find('b/main'), { claimedAt: 1 });
  t.notOk(next.isDoubtful);
});

void t.test('removes calls that are no longer needed from the file', async (t) => {
  const file = await fileOf(t);
  const calls = await open(t, file);
  for (const key of ['a/main', 'b/main']) {
    await calls.claim(key, 1);
    await calls.end(key, { ...END, stdout: `body of ${key}` });
  }
  await calls.keep((key) => key === 'b/main');
  const text = await readFile(file, 'utf8');
  t.match(text, 'body of b');
  t.notMatch(text, 'body of a');
  t.equal(calls.find('a/main'), undefined);
});

void t.test(
  'counts a call in an unknown format as already made, and marks a damaged log as doubtful',
  async (t) => {
    const file = await fileOf(t);
    await writeFile(file, lineOf(['["a/main",{"version":2}]']));
    const calls = await open(t, file);
    t.notOk(await calls.claim('a/main', 1));
    await calls.close();
    await writeFile(file, '00000000 [["b/main",{"claimedAt":1}]]\n');
    await appendFile(file, lineOf(['["c/main",{"claimedAt":1}]']));
    t.ok((await open(t, file)).isDoubtful);
  },
);
