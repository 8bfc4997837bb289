import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder, processesUnder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(120_000 * PATIENCE);

const TOKEN = 'join-token-of-the-file';

void t.test(
  'the server and agents read the join token from a file, and no process has it in its environment',
  async (t) => {
    const folder = ownFolder(t);
    const file = join(folder, 'join-token');
    writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
    const env = { MUSTER_JOIN_TOKEN_FILE: file };
    const server = await startServer(t, {
      env: { ...env, MUSTER_EMBEDDED_AGENT: 'true', MUSTER_HEARTBEAT_SECONDS: '0.5' },
    });
    await eventually(async () => (await server.api.nodes()).length === 1, {
      timeout: 60_000,
      what: 'the embedded agent',
    });
    const agent = await startAgent(t, server, { env });
    const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };
    t.match(
      (await server.api.post('/register', {}, bearer)).text,
      /MUSTER_ALLOW_BEARER_JOIN/,
      'the server has the token, but agents must not send it',
    );
    const environments = processesUnder(file).flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1');
      } catch {
        // A short-lived child process has ended since it was found.
        return [];
      }
    });
    t.ok(environments.length >= 3, 'the server and both agents were found');
    for (const environment of environments) t.notMatch(environment, TOKEN);
    await agent.stop();
    chmodSync(file, 0o644);
    const refused = await muster(['agent'], {
      ...env,
      MUSTER_SERVER_URL: server.url,
      MUSTER_DATA_DIR: agent.dataDir,
    });
    t.match(refused, {
      code: 78,
      stderr: /may be read or changed by other users of this machine: chmod 600/,
    });
    chmodSync(file, 0o600);
    await agent.start();
  },
);
