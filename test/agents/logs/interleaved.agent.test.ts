import { existsSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import t from 'tap';
import { PATIENCE } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, spawnAgent, startPair } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';

t.setTimeout(120_000 * PATIENCE);

function alternating(count: number): string {
  return Array.from({ length: count }, (_, index) => `out ${index}\nerr ${index}\n`).join('');
}

void t.test('returns both streams in order if no type is requested', async (t) => {
  const { agent, peer } = await startPair(t);
  const subject = order({
    command: 'i=0; while [ $i -lt 20 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); sleep 0.05; done',
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'running');
  const logs = `${agent.url}/allocations/${subject.allocation_id}/logs`;
  t.equal(
    (await call('GET', `${logs}?follow=true`)).body,
    alternating(20),
    'the followed log keeps the order',
  );
  await peer.reported(subject.allocation_id, 'complete');
  t.equal((await call('GET', logs)).body, alternating(20), 'the stored log keeps the order');
  t.equal((await call('GET', `${logs}?type=both&tail=3`)).body, 'err 18\nout 19\nerr 19\n');
  t.equal((await call('GET', `${logs}?type=stderr&tail=1`)).body, 'err 19\n');
  t.match(await call('GET', `${logs}?type=all`), { status: 400 });
});

void t.test('keeps the order of both streams after rotation', async (t) => {
  const dataDir = ownFolder(t);
  const { agent, peer } = await startPair(t, { dataDir, logBounds: { maxBytes: 4000, maxFiles: 3 } });
  const subject = order({
    command:
      'i=0; while [ $i -lt 3000 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); [ $((i % 30)) = 0 ] && sleep 0.05; done; true',
  });
  peer.want(subject);
  await peer.reported(subject.allocation_id, 'complete');
  const { body } = await call<string>('GET', `${agent.url}/allocations/${subject.allocation_id}/logs`);
  t.match(body, /-- muster: \d+ bytes of this log were dropped here --/);
  t.match(body, /^out 0\nerr 0\nout 1\nerr 1\n/, 'the beginning of the log is in order');
  t.ok(body.endsWith(alternating(3000).slice(-600)), 'the end of the log is in order');
  const lines = body.split('\n').flatMap((line) => /^(out|err) (\d+)$/.exec(line)?.slice(1) ?? []);
  t.ok(lines.length > 400, `${lines.length / 2} lines are left`);
  t.ok(
    statSync(path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main/logs/order')).size <= 1_048_576,
  );
});

void t.test('keeps the order of both streams after the agent is killed', async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const first = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const subject = order({
    command:
      'echo out 0; echo err 0 >&2; sleep 0.3; echo out 1; echo err 1 >&2; while [ ! -e go ]; do sleep 0.05; done; echo out 2; echo err 2 >&2',
  });
  peer.want(subject);
  const local = path.join(dataDir, 'agent/tasks', subject.allocation_id, 'main');
  await until(() => (statSync(path.join(local, 'logs/stderr'), { throwIfNoEntry: false })?.size ?? 0) === 12);
  await until(
    () =>
      existsSync(path.join(local, 'logs/order')) &&
      readFileSync(path.join(local, 'logs/order'), 'utf8').endsWith('1 12\n'),
  );
  await first.kill('SIGKILL');
  const second = await spawnAgent(t, { dataDir, serverUrl: peer.url });
  const { body } = await fetch(`${second.url}/allocations/${subject.allocation_id}/logs?follow=true`);
  let text = '';
  if (body === null) throw new Error('no body');
  for await (const chunk of Readable.fromWeb(body as ReadableStream)) {
    text += String(chunk);
    // By now this agent observes the task.
    if (text === alternating(2)) await writeFile(path.join(local, 'local/go'), '');
  }
  t.equal(text, alternating(3));
});
