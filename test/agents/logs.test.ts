import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, openSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { readLog } from '#agents/logs/follow.js';
import { RotatedLog } from '#agents/logs/rotated-log.js';
import { call, order, startPair } from './support/agent.js';
import { bytesIn } from './support/bytes-in.js';
import { until } from './support/peer-server.js';

async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'mstlog-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function whole(log: RotatedLog, tail?: number): Promise<string> {
  const parts: Uint8Array[] = [];
  const query = { stream: 'stdout', follow: false, ...(tail === undefined ? {} : { tail }) } as const;
  for await (const part of readLog(log, query, () => true, systemClock, new AbortController().signal)) parts.push(part);
  return Buffer.concat(parts).toString();
}

void t.test('rotation keeps the newest bytes, in order, within its bounds', async (t) => {
  const directory = await folder(t);
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constant('rotate' as const)), { maxLength: 60 }), async (steps) => {
      const file = path.join(directory, `log${(round += 1)}`);
      await writeFile(file, '');
      const log = new RotatedLog(file, { maxBytes: 30, maxFiles: 3 });
      let written = '';
      for (const step of steps) {
        if (step === 'rotate') await log.rotate();
        else {
          appendFileSync(file, step);
          written += step;
        }
      }
      const all = await whole(log);
      const reopened = await whole(new RotatedLog(file, { maxBytes: 30, maxFiles: 3 }));
      const names = (await readdir(directory)).filter((name) => name === path.basename(file) || name.startsWith(`${path.basename(file)}.`));
      return (
        Buffer.from(written).subarray(-Buffer.byteLength(all)).equals(Buffer.from(all)) === (all.length > 0 || written === '') &&
        all === reopened &&
        names.length <= 3
      );
    }),
    { numRuns: 100 },
  );
});

void t.test('tail gives the last lines, across rotated files, whether or not the last one is finished', async (t) => {
  const file = path.join(await folder(t), 'log');
  await writeFile(`${file}.1`, 'a\nb\nc');
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

void t.test('a followed log misses nothing over rotations and ends with its task', async (t) => {
  const { agent, peer } = await startPair(t, { logBounds: { maxBytes: 20_000, maxFiles: 5 } });
  const subject = order({ command: 'i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i+1)); [ $((i % 500)) = 0 ] && sleep 0.25; done' });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?follow=true`);
  t.equal(body, Array.from({ length: 5000 }, (_, index) => `line ${index}\n`).join(''));
  await peer.reported(subject.allocation_id, 'complete');
  t.equal((await call('GET', `${agent.url}/allocations/${subject.allocation_id}/logs?tail=2`)).body, 'line 4998\nline 4999\n');
});

void t.test('of what is written while its log is rotated nothing is lost, its end least of all', async (t) => {
  const file = path.join(await folder(t), 'log');
  await writeFile(file, '');
  const log = new RotatedLog(file, { maxBytes: 500_000, maxFiles: 200 });
  const lines = 400_000;
  const writer = spawn('sh', ['-c', `i=0; while [ $i -lt ${lines} ]; do echo "line $i"; i=$((i+1)); done`], {
    stdio: ['ignore', openSync(file, 'a'), 'inherit'],
  });
  const ended = once(writer, 'exit');
  let over = false;
  void ended.then(() => (over = true));
  while (!over) await log.rotate();
  await log.rotate();
  t.ok((await readdir(path.dirname(file))).length > 3, 'it was rotated while it was written');
  const kept = await whole(log);
  t.equal(kept.slice(-12), `line ${lines - 1}\n`);
  t.equal(kept.split('\n').length, lines + 1, 'no line is missing, and none comes twice');
});

void t.test('a task that writes without end fills no disk', async (t) => {
  const { agent, peer, dataDir } = await startPair(t, { logBounds: { maxBytes: 1_000_000, maxFiles: 3 } });
  const subject = order({ command: 'yes 0123456789012345678901234567890123456789', kill_timeout: 0 });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const logs = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs');
  await until(async () => (await readdir(logs)).includes('stdout.2'));
  await call('DELETE', `${agent.url}/allocations/${subject.allocation_id}`);
  const kept = await bytesIn(logs);
  t.ok(kept < 200_000_000, `it keeps ${kept} bytes`);
  await until(async () => (await stat(path.join(logs, 'stdout'))).size <= 1_000_000);
});
