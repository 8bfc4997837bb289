import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startAgent } from '../../fixtures/agent.js';
import type { Fault } from '../../fixtures/faulty-proxy.js';
import { ownFolder } from '../../fixtures/folder.js';
import { invariantsHold } from '../../fixtures/invariants.js';
import { Diary, job } from '../../fixtures/jobs.js';
import { required } from '../../fixtures/requirement.js';
import { startServer } from '../../fixtures/server.js';
import { allComplete, eachOnce, startBusyAgent, submitAll } from '../../fixtures/through.js';
import { productionMissing, startSurroundings, type Surroundings } from '../../fixtures/wiring/production.js';
import { draws } from '../../fixtures/wiring/wiring.js';

t.setTimeout(900_000);

/** One of this many jobs runs as a process on a real agent. */
const REAL = 20;
const JOBS = REAL * draws(50);
const FAULTS: readonly Fault[] = ['cut', 'delay', 'half-open', 'blackhole'];
const SEED = Number(process.env['TEST_SEED'] ?? 20_261_120);

/** Causes one fault after another on the three connections until stopped. Each fault heals after a while. */
async function harass(
  { networks }: Surroundings,
  seed: number,
  signal: AbortSignal,
  told: (what: string) => void,
): Promise<void> {
  let state = seed >>> 0;
  const draw = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const names = ['store', 'mongo', 'nats'] as const;
  for (let round = 0; !signal.aborted; round += 1) {
    // Twelve rounds cover every fault on every connection. Times and durations are random.
    const name = names[round % names.length] ?? 'store';
    const fault = FAULTS[Math.floor(round / names.length) % FAULTS.length] ?? 'cut';
    const network = networks[name];
    network.strike(fault, 20 + draw(200));
    if (fault === 'blackhole')
      network.doom(() => ({ fault: 'blackhole', towards: 'server', afterBytes: 0, delayMs: 0 }));
    told(`${name} ${fault}`);
    // One in five faults outlasts the request timeouts.
    await pause(draw(5) === 0 ? 6_000 : 200 + draw(1_000), undefined, { signal }).catch(() => undefined);
    network.heal();
    await pause(100 + draw(400), undefined, { signal }).catch(() => undefined);
  }
}

void t.test(
  'many jobs run to their end while connections to the log, the read models and NATS fail',
  async (t) => {
    if (!required(t, productionMissing() === undefined, productionMissing() ?? 'the production wiring'))
      return;
    const folder = ownFolder(t);
    const surroundings = await startSurroundings(t, folder);
    const { wiring, networks } = surroundings;
    const servers = await Promise.all(
      ['one', 'two'].map(
        async (name) =>
          await startServer(t, {
            dataDir: join(folder, name),
            wiring,
            env: { MUSTER_NODE_TIMEOUT_SECONDS: '60' },
          }),
      ),
    );
    const [one] = servers;
    if (one === undefined) throw new Error('two were started');
    const busy = await Promise.all(
      ['basic-0', 'basic-1', 'basic-2'].map(async (nodeId) => await startBusyAgent(t, one, nodeId)),
    );
    await startAgent(t, one, {
      dataDir: join(folder, 'agent'),
      env: { MUSTER_NODE_ID: 'ours', MUSTER_AGENT_RESOURCES: 'cpu=1000000,memory=1000000' },
    });
    const diary = new Diary(folder);
    const jobs = Array.from({ length: JOBS }, (_, index) => {
      const id = `job-${index}`;
      const ours = index % REAL === 0;
      const constraints = [{ attribute: 'node_id', operator: ours ? '=' : '!=', value: 'ours' }];
      return { job_id: id, ...job(id, { command: diary.command(id, 0), cpu: 1, memory: 1, constraints }) };
    });

    const over = new AbortController();
    const struck = new Map<string, number>();
    const harassing = harass(surroundings, SEED, over.signal, (what) =>
      struck.set(what, (struck.get(what) ?? 0) + 1),
    );
    const began = performance.now();
    const seconds = (): number => Math.round((performance.now() - began) / 1000);
    const acknowledged = await submitAll({ servers, jobs, clients: 32 });
    t.comment(`${seconds()} s of commands`);
    // Continues until every fault has affected every connection at least once.
    while (struck.size < 12) await pause(100);
    over.abort();
    await harassing;
    t.comment(
      `${seconds()} s; seed ${SEED}: ${[...struck].map(([what, times]) => `${what} ${times}`).join(', ')}; ${acknowledged.filter(({ tries }) => tries > 1).length} commands sent again`,
    );
    for (const network of Object.values(networks)) network.heal();

    await allComplete(
      one,
      jobs.map(({ job_id }) => job_id),
      240_000,
    );
    t.comment(`${seconds()} s until every job was complete`);
    await eachOnce(t, one, { acknowledged, agents: busy, diary });
    t.equal(
      busy.reduce((sum, agent) => sum + agent.begun.size, 0),
      JOBS - JOBS / REAL,
      'no job was sent to agents twice',
    );
    t.equal(diary.names().length, JOBS / REAL);
    await invariantsHold(t, one);
  },
);
