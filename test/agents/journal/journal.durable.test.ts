import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { newRecord } from '#agents/runner/new-record.js';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, spawnAgent, startAgent } from '../support/agent.js';
import { PeerServer, until } from '../support/peer-server.js';
import { saveRecords } from '../support/saved-records.js';
import { readTrace, underStrace, type TracedCall } from '../support/trace.js';

const skip = spawnSync('strace', ['-V']).status === 0 ? false : 'strace is not installed';

void t.test('records an action durably before it takes place', { skip }, async (t) => {
  const base = ownFolder(t);
  const dataDir = path.join(base, 'data');
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const trace = path.join(base, 'trace');
  const agent = await spawnAgent(
    t,
    {
      dataDir,
      serverUrl: peer.url,
      heartbeatSeconds: 0.2,
      retention: { count: 0, seconds: 3600, bytes: 1e9, perJob: 0 },
    },
    {},
    underStrace(trace),
  );
  const subject = order({ command: 'exec sleep 1000' });
  const id = subject.allocation_id;
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  await peer.reported(id, 'running');
  await until(
    () => readTrace(trace).some((each) => each.text.startsWith('execve("/usr/bin/sleep"')),
    () => 'the task did not start',
  );
  await call('DELETE', `${agent.url}/allocations/${id}`);
  peer.unwant(id);
  await peer.reported(id, 'stopped');
  const journal = path.join(dataDir, 'agent/journal');
  const records = path.join(journal, 'records.log');
  const listFile = path.join(journal, 'forgotten.log');
  await until(
    () =>
      existsSync(listFile) &&
      readFileSync(listFile, 'utf8').includes(id) &&
      !readFileSync(records, 'utf8').includes(id),
    () => 'the allocation is not forgotten',
    60,
  );
  // strace reports a call shortly after it was made.
  const renames = (): number =>
    readTrace(trace).filter(({ text }) => text.includes('rename(') && text.includes(`"${records}") = 0`))
      .length;
  await until(
    () => renames() > 1,
    () => 'the trace does not show the rename of the journal',
  );
  const calls = readTrace(trace);

  /** Returns the first call after a line whose text has all these parts. */
  const after = (line: number, ...parts: string[]): TracedCall | undefined =>
    calls.find((each) => each.begin > line && parts.every((part) => each.text.includes(part)));
  /** Returns where a version of the record with this text becomes durable. */
  const durable = (text: string): number => {
    const written = after(-1, 'write', `${records}>`, id, text);
    const synced = after(written?.end ?? Infinity, 'fdatasync(', `${records}>) = 0`);
    t.ok(synced, `an entry with ${text} is synced`);
    const named = after(-1, 'fsync(', `${journal}>) = 0`);
    return Math.max(synced?.end ?? Infinity, named?.end ?? Infinity);
  };
  const supervisor = after(-1, 'execve("/bin/sh"', id);
  t.ok(
    durable('\\"status\\":\\"pending\\"') < (supervisor?.begin ?? 0),
    'an order is durable before any of its processes runs',
  );
  const signal = after(supervisor?.end ?? 0, 'kill(-', 'SIGTERM');
  t.ok(
    durable('\\"stopping\\":\\"stopped by the server\\"') < (signal?.begin ?? 0),
    'a stop is durable before the task gets a signal',
  );
  const listed = after(-1, 'write', `${listFile}>`, id);
  const kept = after(listed?.end ?? Infinity, 'fdatasync(', `${path.join(journal, 'forgotten.log')}>) = 0`);
  const anew = calls
    .filter(({ text }) => text.includes('rename(') && text.includes(`"${records}") = 0`))
    .at(-1);
  t.ok(
    (kept?.end ?? Infinity) < (anew?.begin ?? 0),
    'an id is added to the list before its record is removed',
  );
  const listening = after(-1, 'write', '\\"nodeId\\"') ?? supervisor;
  for (const folder of [base, dataDir, path.join(dataDir, 'agent')]) {
    t.ok(
      (after(-1, 'fsync(', `<${folder}>) = 0`)?.end ?? Infinity) < (listening?.begin ?? 0),
      `the entries of the directory ${path.basename(folder)} are durable`,
    );
  }
});

void t.test(
  'reports an order that was not started before a reboot as lost, and does not run it',
  async (t) => {
    const dataDir = ownFolder(t);
    const subject = order({ command: `touch ${dataDir}/ran` });
    await saveRecords(dataDir, [
      { ...newRecord(subject, 1, Date.now()), bootId: '00000000-0000-0000-0000-000000000000' },
    ]);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    peer.want(subject);
    const agent = await startAgent(t, { dataDir, serverUrl: peer.url });
    t.match(await peer.reported(subject.allocation_id, 'lost', 'failed', 'complete'), {
      status: 'lost',
      tasks: { main: { message: /machine was restarted before the task was known to run/ } },
    });
    t.equal(
      (await call('POST', `${agent.url}/allocations`, subject)).status,
      200,
      'the same order changes nothing',
    );
    const next = order({ command: 'true' });
    peer.want(next);
    await peer.reported(next.allocation_id, 'complete');
    t.notOk(readdirSync(dataDir).includes('ran'));
  },
);
