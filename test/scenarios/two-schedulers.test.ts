import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startBasicAgent } from '../fixtures/basic-agent.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const NODES = 10;
/** Number of jobs that fit on each node. */
const ROOM = 20;
const JOBS = 300;

void t.test(
  'two schedulers on one store never oversubscribe a node, even while the server is killed',
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_SCHEDULERS: '2', MUSTER_NODE_TIMEOUT_SECONDS: '60' },
    });
    const agents = await Promise.all(
      Array.from({ length: NODES }, (_, index) =>
        startBasicAgent(t, {
          serverUrl: server.url,
          nodeId: `node-${index}`,
          resources: { cpu: ROOM * 10, memory: 100_000 },
          interval: 500,
        }),
      ),
    );
    const ids = Array.from({ length: JOBS }, (_, index) => `job-${index}`);
    const submitting = Promise.all(
      ids.map(async (id, index) => {
        await pause(index * 5);
        await eventually(
          async () =>
            (
              await server.api.post('/jobs', job(id, { cpu: 10, memory: 1 }), {
                headers: { 'idempotency-key': id },
                timeout: 5_000,
              })
            ).status === 200,
          { timeout: 30_000, interval: 50 },
        );
      }),
    );
    for (let kill = 0; kill < 3; kill += 1) {
      await pause(400);
      await server.restart();
    }
    await submitting;

    // The capacity is used completely, and not exceeded.
    await eventually(
      async () => {
        const counts = new Map<string, number>();
        for (const each of await server.api.jobs())
          counts.set(each.status, (counts.get(each.status) ?? 0) + 1);
        if (counts.get('running') !== NODES * ROOM || counts.get('blocked') !== JOBS - NODES * ROOM)
          throw new Error(JSON.stringify([...counts]));
        return true;
      },
      { timeout: 60_000, interval: 200, what: 'all capacity in use and the other jobs blocked' },
    );
    for (const agent of agents)
      t.ok(
        agent.running().length <= ROOM,
        `${agent.options.nodeId} runs ${agent.running().length} jobs of at most ${ROOM}`,
      );
    const begun = agents.flatMap((agent) => [...agent.begun]);
    t.same(
      begun.filter(([, times]) => times !== 1),
      [],
      'no allocation was started twice',
    );
    const placed = (await readEvents(server, { types: ['AllocationPlaced'] })).length;
    t.equal(placed, NODES * ROOM, 'there are exactly as many placements as fit');
    await invariantsHold(t, server);
  },
);
