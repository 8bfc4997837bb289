import t from 'tap';
import type { LogStream } from '#domain/protocol/agent-channel.js';
import { runsOf, type ObservedWrites } from '#agents/logs/observed-writes.js';

const START = { stdout: 0, stderr: 0 };

/** Lines of ten bytes. */
async function lineEnds(_stream: LogStream, from: number, to: number): Promise<number[]> {
  return Array.from({ length: (to - from) / 10 }, (_, index) => from + 10 * (index + 1));
}

/**
 * Notifications such as `o1 e1 o2`: a stream, and how many of its lines existed when it was handled; `?` if unknown. A bar separates reads from the
 * kernel; a leading number repeats a notification.
 */
function writes(text: string): ObservedWrites[] {
  return text.split(' | ').flatMap((taken, taking) =>
    taken.split(' ').map((word) => {
      const [, count, letter, lines] = /^(\d*)([oe])(\d+|\?)$/.exec(word) ?? [];
      return {
        stream: letter === 'o' ? 'stdout' : 'stderr',
        end: lines === '?' ? undefined : 10 * Number(lines),
        taking,
        count: Number(count || 1),
      };
    }),
  );
}

async function runs(text: string, until: Record<LogStream, number>): Promise<string> {
  const all = await runsOf(
    writes(text),
    START,
    { stdout: 10 * until.stdout, stderr: 10 * until.stderr },
    lineEnds,
  );
  return all.map(({ stream, end }) => `${stream === 'stdout' ? 'o' : 'e'}${end / 10}`).join(' ');
}

void t.test('separates writes of different observations by the sizes of the streams', async (t) => {
  t.equal(await runs('o1 | e2 | e3 | o2 | e7', { stdout: 2, stderr: 7 }), 'o1 e2 e3 o2 e7');
  t.equal(
    await runs('o5 | e1 | o6 | e2 | o7', { stdout: 7, stderr: 2 }),
    'o5 e1 o6 e2 o7',
    'writes that the kernel has merged are separated too',
  );
});

void t.test('assigns one line to each write of a batch', async (t) => {
  t.equal(await runs('o3 e2 o3 e2 o3', { stdout: 3, stderr: 2 }), 'o1 e1 o2 e2 o3');
  t.equal(
    await runs('o? e? o? e? o?', { stdout: 3, stderr: 2 }),
    'o1 e1 o2 e2 o3',
    'writes are separated even if a rotation hides their ends',
  );
});

void t.test('assigns one line to each write of a batch while the task continues to write', async (t) => {
  t.equal(await runs('o3 e3 | o4 e4 o4 e4 | o4 e4', { stdout: 4, stderr: 4 }), 'o1 e1 o2 e2 o3 e3 o4 e4');
});

void t.test('ignores a notification without new bytes', async (t) => {
  t.equal(await runs('o1 | e1 | o1', { stdout: 1, stderr: 1 }), 'o1 e1');
  t.equal(await runs('o1 e0', { stdout: 1, stderr: 0 }), 'o1');
});

void t.test('assigns more lines to a write with more notifications', async (t) => {
  t.equal(await runs('3o4 e2 o4 e2', { stdout: 4, stderr: 2 }), 'o3 e1 o4 e2');
  t.equal(await runs('o4 e2 o4 e2', { stdout: 4, stderr: 2 }), 'o2 e1 o4 e2');
});

void t.test('counts several writes that form one line as one line', async (t) => {
  t.equal(await runs('2o2 2e2 2o2 2e2', { stdout: 2, stderr: 2 }), 'o1 e1 o2 e2');
  t.equal(await runs('2o3 2e3 2o3 2e3 2o3 e3 e3', { stdout: 3, stderr: 3 }), 'o1 e1 o2 e2 o3 e3');
});
