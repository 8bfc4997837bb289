import { join } from 'node:path';
import t from 'tap';
import { Agent, request } from 'undici';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const CLIENTS = 100;

void t.test('on SIGTERM under load exactly the acknowledged commands take effect', async (t) => {
  const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
  for (let round = 0; round < 3; round += 1) {
    const [done, refused, cut]: string[][] = [[], [], []];
    let stopping = false;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      // Every other client opens a new connection for each command, so it has no idle connection to lose.
      const keepsAlive = client % 2 === 0;
      const dispatcher = new Agent({ connections: 1, pipelining: keepsAlive ? 1 : 0 });
      for (let n = 0; ; n += 1) {
        const id = `r${round}-c${client}-${n}`;
        try {
          const answer = await request(`${server.url}/jobs`, {
            method: 'POST',
            dispatcher,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(job(id)),
          });
          const text = await answer.body.text();
          if (answer.statusCode === 200) done?.push(id);
          else if (answer.statusCode === 503 && answer.headers['retry-after'] !== undefined)
            refused?.push(id);
          else t.fail(`${answer.statusCode} ${text}`);
        } catch {
          cut?.push(id);
          if (stopping) break;
        }
      }
      await dispatcher.close();
    });
    await eventually(() => (done?.length ?? 0) > 200, { what: 'load on the server' });
    stopping = true;
    t.match(await server.stop(), { code: 0 });
    await Promise.all(clients);
    const inLog = new Set(
      (await readEvents(server, { types: ['JobSubmitted'] })).map(({ stream }) =>
        stream.slice('job-'.length),
      ),
    );
    t.same(
      done?.filter((id) => !inLog.has(id)),
      [],
      `round ${round}: all ${done?.length} accepted jobs are in the log`,
    );
    t.same(
      refused?.filter((id) => inLog.has(id)),
      [],
      `none of ${refused?.length} refused jobs is in the log`,
    );
    t.same(
      cut?.filter((id) => inLog.has(id)),
      [],
      `none of ${cut?.length} jobs without a response is in the log`,
    );
    await server.start();
  }
  await invariantsHold(t, server);
});
