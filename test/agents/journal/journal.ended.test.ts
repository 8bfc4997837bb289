import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { ownFolder } from '../../fixtures/folder.js';
import { call, order, startAgent } from '../support/agent.js';
import { savedRecord } from '../support/saved-record.js';
import { PeerServer, until } from '../support/peer-server.js';

void t.test(
  "a task's environment is in the journal until its allocation has ended, and no longer",
  async (t) => {
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
        .map((name) => readFileSync(path.join(journal, name), 'utf8'))
        .join('');
    await until(
      () => !all().includes(secret),
      () => 'it is there still',
      30,
    );
    t.match(all(), 'task_group', 'what else was ordered is kept');
    await agent.stop();

    // As an older agent left it, with everything.
    const kept = savedRecord(dataDir, subject.allocation_id);
    await rm(file);
    await writeFile(
      path.join(journal, `${subject.allocation_id}.json`),
      JSON.stringify({ ...kept, order: running?.order }),
    );
    await writeFile(path.join(journal, 'never.tmp'), secret);
    const next = await startAgent(t, options);
    await until(
      () => !all().includes(secret),
      () => 'it is still there',
      30,
    );
    t.equal(
      (await call('GET', `${next.url}/allocations/${subject.allocation_id}/logs?task=main`)).body,
      `${secret}\n`,
      'its log is its own',
    );
  },
);
