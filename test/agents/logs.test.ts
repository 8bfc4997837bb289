import { appendFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { readLog } from '#agents/logs/follow.js';
import { RotatedLog } from '#agents/logs/rotated-log.js';
import { WRITE_BYTES } from '#agents/logs/write-times.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { call, order, startPair } from './support/agent.js';
import { bytesIn } from './support/bytes-in.js';
import { until } from './support/peer-server.js';

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstlog-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

const taskLog = (log: RotatedLog) => ({ stdout: log, stderr: log });

async function whole(log: RotatedLog, tail?: number): Promise<string> {
  const parts: Uint8Array[] = [];
  const query = { stream: 'stdout', follow: false, ...(tail === undefined ? {} : { tail }) } as const;
  for await (const part of readLog(
    taskLog(log),
    query,
    () => true,
    systemClock,
    new AbortController().signal,
  ))
    parts.push(part);
  return Buffer.concat(parts).toString();
}

const MARK = /(?<=^|\n)-- muster: (\d+) bytes of this log were dropped here --\n/;

/**
 * Whether a log contains everything once, except what it reports as dropped. The newline before a mark was written or added to end a cut line; if the
 * dropped part begins with a newline, only the total tells which.
 */
function tellsAll(read: string, written: string): boolean {
  const pieces = read.split(MARK);
  const kept = pieces.filter((_, index) => index % 2 === 0);
  const dropped = pieces.filter((_, index) => index % 2 === 1).map(Number);
  let places = [0];
  for (const [index, piece] of kept.entries()) {
    const forms = index < kept.length - 1 ? new Set([piece, piece.replace(/\n$/, '')]) : new Set([piece]);
    places = places.flatMap((at) =>
      [...forms]
        .filter((form) => written.startsWith(form, at))
        .map((form) => at + form.length + (dropped[index] ?? 0)),
    );
  }
  return places.includes(written.length);
}

for (const maxFiles of [2, 3, 5])
  void t.test(
    `rotation keeps the beginning and the end within the size limit, and reports the dropped part: ${maxFiles} files`,
    async (t) => {
      const directory = await folder(t);
      let round = 0;
      const line = fc.stringMatching(/^[a-z]{1,30}\n?$/);
      const step = fc.oneof(line, fc.constantFrom('REOPEN' as const, 'SKIP' as const));
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
          const file = path.join(directory, `log${(round += 1)}`);
          const bounds = { maxBytes: 200, maxFiles };
          let log = new RotatedLog(file, bounds);
          let written = '';
          for (const [time, step] of steps.entries()) {
            if (step === 'REOPEN') {
              log.close();
              log = new RotatedLog(file, bounds);
              continue;
            }
            const text = step === 'SKIP' ? 'x'.repeat(300) : step;
            log.append(Buffer.from(text), time);
            written += text;
          }
          log.close();
          const all = await whole(log);
          if (!tellsAll(all, written)) throw new Error(JSON.stringify({ all, written }));
          if (maxFiles >= 3) t.equal(all.slice(0, 20), written.slice(0, 20), 'the beginning is retained');
          t.ok(written.endsWith((await whole(log, 1)).split(MARK).at(-1) ?? ''), 'the last line is retained');
          if (!tellsAll(await whole(new RotatedLog(file, bounds)), written))
            throw new Error('the next agent reads another log');
          const kept = (await readdir(directory)).filter(
            (name) => name.split('@')[0] === path.basename(file),
          );
          const sizes = await Promise.all(
            kept.map(async (name) => (await stat(path.join(directory, name))).size),
          );
          t.ok(
            sizes.reduce((sum, size) => sum + size, 0) <= maxFiles * bounds.maxBytes,
            `${sizes.join(' ')}`,
          );
        }),
        { numRuns: 100 },
      );
    },
  );

void t.test('returns the last lines across rotated files', async (t) => {
  const file = path.join(await folder(t), 'log');
  await writeFile(`${file}@0`, 'a\nb\nc');
  await writeFile(file, 'c\nd\ne');
  const log = new RotatedLog(file, { maxBytes: 100, maxFiles: 3 });
  t.equal(await whole(log, 1), 'e');
  t.equal(await whole(log, 2), 'd\ne');
  t.equal(await whole(log, 3), 'cc\nd\ne');
  t.equal(await whole(log, 0), '');
  t.equal(await whole(log, 99), 'a\nb\ncc\nd\ne');
  appendFileSync(file, '\n');
  t.equal(await whole(log, 1), 'e\n');
});

void t.test('follows a log across rotations until the task ends', async (t) => {
  const { agent, peer } = await startPair(t, { logBounds: { maxBytes: 20_000, maxFiles: 5 } });
  const subject = order({
    command:
      'i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i+1)); [ $((i % 500)) = 0 ] && sleep 0.25; done',
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const { body } = await call<string>(
    'GET',
    `${agent.url}/allocations/${subject.allocation_id}/logs?follow=true`,
  );
  t.equal(body, Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join(''));
  await peer.reported(subject.allocation_id, 'complete');
  t.equal(
    (await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?tail=2`)).body,
    'line 4998\nline 4999\n',
  );
});

void t.test('reports a gap between the first part and the live file', async (t) => {
  const file = path.join(await folder(t), 'stdout');
  // A rotation that dropped everything after the first part leaves this. The empty part says where the live file begins.
  await writeFile(`${file}@0`, 'begin\n');
  await writeFile(`${file}@20`, '');
  await writeFile(file, 'live\n');
  t.equal(
    await whole(new RotatedLog(file, { maxBytes: 10, maxFiles: 3 })),
    'begin\n-- muster: 14 bytes of this log were dropped here --\nlive\n',
  );
});

void t.test('returns a log that is not followed only up to its size when it was opened', async (t) => {
  const file = path.join(await folder(t), 'stdout');
  // Each write takes the size of its time too, so the next one begins another part.
  const log = new RotatedLog(file, { maxBytes: 2 * WRITE_BYTES + 7, maxFiles: 5 });
  log.append(Buffer.from('before\n'), 0);
  const query = { stream: 'stdout', follow: false } as const;
  const parts: string[] = [];
  for await (const part of readLog(
    taskLog(log),
    query,
    () => true,
    systemClock,
    new AbortController().signal,
  )) {
    parts.push(Buffer.from(part).toString());
    log.append(Buffer.from('after\n'), 0);
  }
  t.equal(parts.join(''), 'before\n');
});

t.setTimeout(180_000 * PATIENCE);

void t.test('returns fast output completely, or reports the loss', async (t) => {
  const { agent, peer } = await startPair(t);
  const read = async (lines: number): Promise<string> => {
    const subject = order({ command: `seq 1 ${lines}` });
    peer.want(subject);
    await peer.reported(subject.allocation_id, 'complete');
    return (await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`)).body;
  };
  const written = (lines: number): string =>
    Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join('');
  const all = await read(3_000_000);
  t.ok(all === written(3_000_000), 'the output of seq 1 3000000 is complete');
  const more = await read(12_000_000);
  t.match(more, MARK);
  t.ok(tellsAll(more, written(12_000_000)), 'the retained and the dropped parts add up to the whole log');
  t.ok(
    more.startsWith('1\n2\n3\n') && more.endsWith('\n12000000\n'),
    'the beginning and the end are retained',
  );
});

void t.test('limits the log of a task that never stops writing', async (t) => {
  const bounds = { maxBytes: 10_485_760, maxFiles: 5 };
  const { agent, peer, dataDir } = await startPair(t, { logBounds: bounds });
  // At most 25 MB/s: a program that writes as fast as it can would use another gigabyte for each second by which the agent's check is late.
  const command =
    'while :; do yes 0123456789012345678901234567890123456789 | head -c 1250000; sleep 0.05; done';
  const subject = order({ command, kill_timeout: 0 });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
  let most = 0;
  const written = async (): Promise<number> =>
    Math.max(0, ...(await readdir(logs)).map((name) => Number.parseInt(name.split('@')[1] ?? '0')));
  await until(
    async () => {
      most = Math.max(most, await bytesIn(logs).catch(() => 0));
      return (await written()) > 200_000_000;
    },
    undefined,
    30,
  );
  await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`);
  t.ok(most <= bounds.maxBytes * bounds.maxFiles, `the logs took ${most} bytes at most`);
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?tail=1`);
  t.ok(
    body !== '' && '0123456789012345678901234567890123456789\n'.startsWith(body),
    `the last line is returned, which the kill may have cut short: ${body}`,
  );
});
