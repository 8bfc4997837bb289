import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startAgent } from '../../fixtures/agent.js';
import { ownFolder } from '../../fixtures/folder.js';
import { invariantsHold } from '../../fixtures/invariants.js';
import { Diary, job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer, type Server } from '../../fixtures/server.js';
import { allComplete, eachOnce, startBusyAgent, submitAll } from '../../fixtures/through.js';
import { productionMissing, startSurroundings } from '../../fixtures/wiring/production.js';
import { rounds, SOAK } from '../../fixtures/wiring/wiring.js';

t.setTimeout(900_000);

/** Kills of each process. */
const KILLS = rounds(30);
const JOBS = SOAK ? 400 : 200;
/** Milliseconds. Processes that are killed so often take long to be ready on a busy machine. */
const PATIENCE = 300_000;
const ROLES = ['api,projector', 'scheduler,dispatcher', 'liveness'];

void t.test(
  'jobs run to their end while each server process and the event store are repeatedly killed with -9',
  async (t) => {
    if (!required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring'))
      return;
    const folder = ownFolder(t);
    const { wiring, store } = await startSurroundings(t, folder);
    const env = { MUSTER_NODE_TIMEOUT_SECONDS: '60', MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '2' };
    const start = async (roles: string): Promise<Server> =>
      await startServer(t, { dataDir: join(folder, roles), wiring, env: { ...env, MUSTER_ROLES: roles } });
    const servers = await Promise.all(ROLES.map(start));
    const [api] = servers;
    if (api === undefined) throw new Error('three were started');
    const busy = await Promise.all(
      ['basic-0', 'basic-1'].map(async (nodeId) => await startBusyAgent(t, api, nodeId)),
    );
    await startAgent(t, api, {
      dataDir: join(folder, 'agent'),
      env: { MUSTER_NODE_ID: 'ours', MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '2' },
    });
    const diary = new Diary(folder);
    const jobs = Array.from({ length: JOBS }, (_, index) => {
      const id = `job-${index}`;
      const constraints = [{ attribute: 'node_id', operator: index % 20 === 0 ? '=' : '!=', value: 'ours' }];
      return { job_id: id, ...job(id, { command: diary.command(id, 0), cpu: 1, memory: 1, constraints }) };
    });

    const failed = new AbortController();
    const { signal } = failed;
    // Jobs are submitted one after the other, so that some are always in progress.
    const submitting = submitAll({ servers: [api], jobs, clients: 4, patience: PATIENCE, signal });
    submitting.catch(() => undefined);
    const kills = servers.map(async (server) => {
      for (let kill = 0; kill < KILLS && !signal.aborted; kill += 1) {
        await pause(randomInt(0, 800));
        await server.kill();
        server.launch();
        // Every third kill hits the server while it starts.
        if (kill % 3 !== 0) await server.ready(PATIENCE);
      }
      await server.ready(PATIENCE);
    });
    const killsOfStore = async (): Promise<void> => {
      for (let kill = 0; kill < KILLS && !signal.aborted; kill += 1) {
        // Mostly long enough for the other processes to complete their work in progress.
        await pause(randomInt(500, 5_000));
        await store.kill();
        await store.start();
      }
    };
    const began = performance.now();
    const outcomes = await Promise.allSettled(
      [...kills, killsOfStore()].map((each) =>
        each.catch((error: unknown) => {
          failed.abort();
          throw error;
        }),
      ),
    );
    t.same(
      outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : [])),
      [],
      'every killed process was restarted without intervention',
    );
    if (signal.aborted) return;
    t.comment(`${Math.round((performance.now() - began) / 1000)} s of killing`);
    const acknowledged = await submitting;
    t.comment(
      `${servers.map((server) => server.starts).join(' + ')} starts; ${acknowledged.filter(({ tries }) => tries > 1).length} commands sent again`,
    );

    await allComplete(
      api,
      jobs.map(({ job_id }) => job_id),
      240_000,
    );
    await eachOnce(t, api, { acknowledged, agents: busy, diary });
    await invariantsHold(t, api);
  },
);
