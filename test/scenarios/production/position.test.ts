import { join } from 'node:path';
import t from 'tap';
import type { Submitted } from '../../fixtures/api.js';
import { startBasicAgent } from '../../fixtures/basic-agent.js';
import { ownFolder } from '../../fixtures/folder.js';
import { job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer } from '../../fixtures/server.js';
import { productionMissing, productionWiring } from '../../fixtures/wiring/production.js';

t.setTimeout(600_000);

void t.test(
  "a request to another server with a command's position shows the effect of the command",
  async (t) => {
    if (!required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring'))
      return;
    const folder = ownFolder(t);
    const wiring = await productionWiring(t, folder);
    const one = await startServer(t, { dataDir: join(folder, 'one'), wiring });
    const two = await startServer(t, { dataDir: join(folder, 'two'), wiring });
    await Promise.all(
      ['x', 'y'].map(async (nodeId) => await startBasicAgent(t, { serverUrl: one.url, nodeId })),
    );
    const answer = await one.api.post<Submitted>('/jobs', job('stays', { count: 4 }));
    const position = String(answer.headers['x-muster-position']);
    const seen = await two.api.get('/jobs/stays', { headers: { 'x-muster-min-position': position } });
    t.same([seen.status, seen.headers['x-muster-stale']], [200, undefined], 'the other server shows the job');
  },
);
