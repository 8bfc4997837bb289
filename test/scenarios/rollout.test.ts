import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(300_000 * PATIENCE);

const EXAMPLE = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../../examples/rollout.json'), 'utf8'),
) as {
  readonly job_id: string;
  readonly task_groups: readonly { readonly tasks: readonly object[] }[];
};

interface Deployment {
  readonly version: number;
  readonly status: string;
  readonly reason: { readonly code: string; readonly message: string } | null;
  readonly reverts: number | null;
  readonly groups: readonly { readonly opened: number; readonly healthy: number }[];
}

/** Counts the processes on this machine with exactly this command line. */
function processesOf(...words: readonly string[]): number {
  const wanted = `${words.join('\0')}\0`;
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && commandLineOf(entry) === wanted)
    .length;
}

function commandLineOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return undefined;
  }
}

void t.test(
  'a new version replaces instances one by one despite a killed server, and a failed version is rolled back',
  async (t) => {
    const folder = ownFolder(t);
    const server = await startServer(t, { dataDir: join(folder, 'server') });
    await startAgent(t, server, { dataDir: join(folder, 'agent') });
    const { api } = server;
    // The process id makes this duration unique on the machine.
    const seconds = (version: number): string => `${360_000 + process.pid}.${version}`;
    const version = (command: string) => ({
      task_groups: EXAMPLE.task_groups.map((group) => ({
        ...group,
        tasks: group.tasks.map((task) => ({ ...task, config: { command } })),
      })),
    });
    const sleeps = (number: number) => version(`exec sleep ${seconds(number)}`);
    const alive = (...numbers: readonly number[]): number =>
      numbers.reduce((sum, number) => sum + processesOf('sleep', seconds(number)), 0);
    const deployments = async (): Promise<readonly Deployment[]> =>
      (await api.get<{ deployments: Deployment[] }>('/jobs/rollout/deployments')).body.deployments;
    const ended = async (count: number): Promise<readonly Deployment[]> =>
      await eventually(
        async () => {
          const all = await deployments();
          return all.length === count && all[0]?.status !== 'running' ? all : undefined;
        },
        { timeout: 60_000, what: `the end of deployment ${count}` },
      );

    await api.submit({ job_id: EXAMPLE.job_id, ...sleeps(1) });
    t.match(await ended(1), [{ version: 0, status: 'completed', groups: [{ opened: 4, healthy: 4 }] }]);
    t.equal(alive(1), 4);

    let [fewest, over] = [4, false];
    const visitor = (async () => {
      while (!over) {
        fewest = Math.min(fewest, alive(1, 2));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    t.equal((await api.put('/jobs/rollout', sleeps(2))).status, 200);
    await eventually(() => alive(2) >= 2, {
      timeout: 30_000,
      what: 'the second instance of the second version',
    });
    await server.kill();
    t.ok(alive(1) >= 1, 'some instances of the first version are still running');
    await server.start();
    const [second] = await ended(2);
    t.match(second, {
      status: 'completed',
      reason: { code: 'healthy' },
      groups: [{ opened: 4, healthy: 4 }],
    });
    t.same([alive(1), alive(2)], [0, 4]);

    t.equal((await api.put('/jobs/rollout', version('exit 3'))).status, 200);
    const [returned, failed] = await ended(4);
    t.match(failed, {
      status: 'failed',
      reason: { code: 'failed', message: /^An instance failed: .*3/ },
      groups: [{ opened: 1, healthy: 0 }],
    });
    t.match(returned, { status: 'completed', reverts: failed?.version });
    t.same([alive(1), alive(2)], [0, 4]);
    over = true;
    await visitor;
    t.ok(fewest >= 3, `at least ${fewest} of four instances were running`);
    t.match((await api.get('/jobs/rollout')).body, {
      status: 'running',
      version: returned?.version,
      deployment: { version: returned?.version },
    });
    t.match((await api.get('/jobs/rollout/versions')).body, {
      versions: [{ because: 'reverted', from: second?.version }, {}, {}, {}],
    });

    const cli = { MUSTER_SERVER_URL: server.url };
    t.match(
      (await muster(['job', 'deployments', 'rollout'], cli)).stdout,
      new RegExp(`^${failed?.version} +failed +0/4 .*An instance failed`, 'm'),
    );
    t.match(
      (await muster(['job', 'status', 'rollout'], cli)).stdout,
      new RegExp(`^Deployment +of version ${returned?.version}: completed, 4/4 healthy, reverts`, 'm'),
    );
    await invariantsHold(t, server);
  },
);
