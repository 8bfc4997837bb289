import { join } from 'node:path';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { Api } from '../fixtures/api.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

void t.test(
  'a pattern with exponential backtracking takes linear time, and does not slow GET /nodes down',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    for (let index = 0; index < 20; index += 1) {
      const answer = await server.api.post('/register', {
        node_id: `node-${index}`,
        ip_address: '10.0.0.1',
        resources: { cpu: 1000, memory: 1000 },
        healthy: true,
        attributes: { label: `${'a'.repeat(5_000)}!` },
      });
      t.equal(answer.status, 200);
    }
    const patterns = ['(a+)+$', '^(a|a)*$', '(a*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*)*x', '(a|aa)+$'];
    const reader = new Api(server.url, 2);
    t.teardown(() => reader.close());
    let reading = true;
    const latencies: number[] = [];
    const reads = (async () => {
      while (reading) {
        const began = performance.now();
        const answer = await reader.get('/nodes');
        latencies.push(performance.now() - began);
        if (answer.status !== 200) throw new Error(answer.text);
      }
    })();
    const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`);
    for (const [index, id] of ids.entries()) {
      await server.api.submit(
        job(id, {
          constraints: [
            { attribute: 'label', operator: 'regex', value: patterns[index % patterns.length] ?? '' },
          ],
        }),
      );
    }
    for (const id of ids) await server.api.jobIs(id, 'blocked', 20_000);
    reading = false;
    await reads;
    latencies.sort((a, b) => a - b);
    const p99 = latencies[Math.floor(latencies.length * 0.99)] ?? Number.NaN;
    // A backtracking engine would practically never finish. The limit allows for a busy machine.
    t.ok(p99 < 2_000 * PATIENCE, `p99 of ${latencies.length} GET /nodes: ${p99.toFixed(1)} ms`);
    await invariantsHold(t, server);
  },
);

void t.test(
  'a pattern that the linear engine does not support is refused, and nothing is appended',
  async (t) => {
    const server = await startServer(t, { dataDir: join(ownFolder(t), 'server') });
    for (const value of ['(', '(a)\\1', '(?=a)b', '[', 'a{1,100000}', '*']) {
      const answer = await server.api.post(
        '/jobs',
        job('refused', { constraints: [{ attribute: 'label', operator: 'regex', value }] }),
      );
      t.equal(answer.status, 400, value);
      t.same(Object.keys(answer.body as object), ['error']);
    }
    t.equal((await server.api.get('/jobs/refused')).status, 404);
  },
);
