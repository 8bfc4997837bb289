import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, startAgent } from '../support/agent.js';
import { savedRecord, saveRecords } from '../support/saved-records.js';
import { PeerServer, until } from '../support/peer-server.js';

void t.test("keeps a task's environment only until its allocation has ended", async (t) => {
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  const options = { dataDir, serverUrl: peer.url };
  const agent = await startAgent(t, options);
  const secret = 'a value that nobody else has';
  const subject = order(
    { command: `echo "$WORD"; while [ ! -e ${dataDir}/go ]; do sleep 0.05; done`, env: { WORD: secret } },
    { command: 'true', env: { WORD: secret } },
  );
  peer.want(subject);
  await call('POST', `${agent.url}/allocations`, subject);
  await peer.reported(subject.allocation_id, 'running');
  const journal = path.join(dataDir, 'agent/journal');
  const file = path.join(journal, 'records.log');
  const running = savedRecord(dataDir, subject.allocation_id);
  t.match(JSON.stringify(running), secret);
  await writeFile(path.join(dataDir, 'go'), '');
  await peer.reported(subject.allocation_id, 'complete');
  const all = () =>
    readdirSync(journal)
      .map((name) => {
        try {
          return readFileSync(path.join(journal, name), 'utf8');
        } catch {
          // It was renamed or removed since it was listed.
          return '';
        }
      })
      .join('');
  await until(
    () => !all().includes(secret),
    () => 'the environment is still in the journal',
    30,
  );
  t.match(all(), 'task_group', 'the rest of the order is retained');
  await agent.stop();

  // Restores the record of an agent that was killed before it removed the environment from it.
  const kept = savedRecord(dataDir, subject.allocation_id);
  await rm(file);
  if (kept === undefined || running === undefined) throw new Error('the journal has no record');
  await saveRecords(dataDir, [{ ...kept, order: running.order }]);
  t.match(all(), secret);
  await writeFile(path.join(journal, 'never.tmp'), secret);
  const next = await startAgent(t, options);
  await until(
    () => !all().includes(secret),
    () => 'the environment is still in the journal',
    30,
  );
  t.equal(
    (await call('GET', `${next.url}/allocations/${subject.allocation_id}/logs?task=main`)).body,
    `${secret}\n`,
    'the log of the task is unaffected',
  );
});
