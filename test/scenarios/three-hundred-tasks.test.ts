/** Runs hundreds of tasks of all kinds while servers and agents are killed, and compares the processes that ran with the recorded runs. */
import { randomInt, randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { jobIdOf } from '#domain/tasks/task/index.js';
import { startAgent, type AgentProcess } from '../fixtures/agent.js';
import type { Answer } from '../fixtures/api.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder, processesUnder } from '../fixtures/folder.js';
import { freePort } from '../fixtures/free-port.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { ProcessDiaries } from '../fixtures/process-diary.js';
import { required } from '../fixtures/requirement.js';
import { startServer, type Server } from '../fixtures/server.js';
import { TaskAccount, type RunView, type TaskView } from '../fixtures/task-account.js';
import { readChains, taskLogProblems } from '../fixtures/task-log.js';
import { bodyOf, KINDS, SCHEDULED, TRIGGERS, type Kind } from '../fixtures/task-mixture.js';
import { overlaps, placedOf, runProblems, triesOf, untold } from '../fixtures/told-runs.js';
import { draws, rounds, SOAK } from '../fixtures/wiring/wiring.js';

t.setTimeout(1_200_000);

/** Three hundred tasks take more than two minutes of processor time. */
const TASKS = SOAK ? 300 : 80;
const CLIENTS = 4;
/** Minimum milliseconds during which servers and agents are killed. Creating all tasks may take longer. */
const SPAN = SOAK ? 60_000 : 40_000;
/** Milliseconds during which each schedule fires, about twice. Without a limit, runs would slow the creation of tasks, which would cause more runs. */
const LIFE = 35_000;
/** Maximum kills of each server. With the production wiring, a server takes longer to be ready again. */
const SERVER_KILLS = rounds(40);
/** Maximum kills of all agents. Each kill costs a start, which prolongs the test and would allow more kills. */
const AGENT_KILLS = draws(80);
/** Minimum and maximum milliseconds between two kills of one server, and of any agent. */
const SERVER_LIVES = [1_500, 5_000] as const;
const AGENTS_LIVE = [1_000, 4_000] as const;
/** Milliseconds after which an agent with work is stopped until its node is down. Each entry stops a different agent. */
const LOSSES = [10_000, 35_000];
/** Minimum number of tasks on a node before its agent is stopped. One of them may end in the meantime. */
const LOST_TASKS = 3;
const NODE_TIMEOUT_SECONDS = 6;
const PAGE = 100;
const PASSWORD = 'password of the scenario';

interface Made {
  readonly id: number;
  readonly kind: Kind;
  readonly name: string;
}

void t.test(
  'hundreds of tasks of all kinds run exactly as recorded while servers and agents are killed',
  async (t) => {
    if (!required(t, canBeOthers(), 'root, for the users of tenants')) return;
    const folder = ownFolder(t);
    chmodSync(folder, 0o711);
    const diaries = new ProcessDiaries(join(folder, 'diaries'));
    const site = await startSite();
    t.teardown(() => site.close());
    const servers = await startServers();
    const [server] = servers;
    const agents: AgentProcess[] = [];
    for (const name of ['a', 'b', 'c'])
      agents.push(
        await startAgent(t, server, {
          dataDir: join(folder, name),
          env: { MUSTER_HTTP_ALLOW: site.host, MUSTER_AGENT_RESOURCES: 'slots=60' },
        }),
      );
    const { token } = await TaskAccount.logIn(server.api, 'admin', PASSWORD);
    const accounts = servers.map((each) => ({
      server: each,
      account: TaskAccount.withToken(each.api, token),
    }));
    const root = TaskAccount.withToken(server.api, token);

    const made: Made[] = [];
    /** Pending loss of a node. No server is killed in the meantime, because a server that just started has not listened long enough to declare a node lost. */
    let losing: Promise<void> | undefined;
    let away: AgentProcess | undefined;
    const killed = { servers: 0, agents: 0, nodes: 0 };
    let killing = true;
    await Promise.all([live(), ...servers.map(killServer), killAgents(), ...LOSSES.map(lose)]);
    t.comment(
      `${made.length} tasks; killed ${killed.servers} servers, ${killed.agents} agents, and ${killed.nodes} nodes for good`,
    );

    await allEnded();
    await eventually(() => processesUnder(diaries.folder).length === 0, {
      timeout: 60_000,
      what: 'the end of every process',
    });
    const written = diaries.read();
    const log = await readEvents(server);
    const runs = await allRuns();
    const placed = placedOf(log);
    t.comment(`${runs.length} runs: ${JSON.stringify(counted(runs.map(({ status }) => status)))}`);
    t.comment(
      `${written.size} processes; attempts that ended differently from their runs: ${JSON.stringify(counted(runs.flatMap((run) => run.former_tries.map(({ after }) => after))))}`,
    );

    t.same(
      taskLogProblems(log),
      [],
      'each slot and dependency is decided once, no policy is violated, and each attempt is on time',
    );
    t.same(
      runs.flatMap((run) =>
        isCall(run) ? [] : runProblems(run, placed.get(jobIdOf(run.task_id, run.id)) ?? [], written),
      ),
      [],
      'each run reports what its processes did',
    );
    t.same(untold(runs, placed, written), [], 'every process that ran belongs to a run');
    for (const { id, kind, name } of made) {
      const own = runs.filter((run) => run.task_id === id);
      t.same(
        own.map((run) => run.id),
        own.map((_, index) => index + 1),
        `${name}: the runs are numbered without gaps`,
      );
      t.equal(
        own.filter(({ trigger }) => trigger === 'manual').length,
        TRIGGERS[kind],
        `${name}: ran as often as it was triggered`,
      );
      if (kind === 'forbid') t.same(overlaps(own, written), [], `${name}: no two runs overlap`);
      const odd = own.filter((run) => !isAsExpected(kind, run));
      t.same(odd, [], `${name}: each run ended as expected`);
      if (kind === 'call') {
        const succeeded = own.filter(({ status }) => status === 'success').length;
        const calls = site.calls(name);
        const tries = own.reduce((sum, run) => sum + triesOf(run).length, 0);
        t.ok(
          calls >= succeeded && calls <= tries,
          `${name}: ${calls} calls in ${tries} attempts, ${succeeded} of which succeeded`,
        );
      }
    }
    t.ok(
      killed.nodes === LOSSES.length &&
        runs.some((run) => triesOf(run).some(({ became }) => became === 'lost')),
      'nodes with running tasks were lost',
    );
    await invariantsHold(t, server);

    /** Starts two servers that share the work if the read models are in MongoDB, otherwise one. */
    async function startServers(): Promise<[Server, ...Server[]]> {
      const env = {
        MUSTER_ADMIN_PASSWORD: PASSWORD,
        MUSTER_NODE_TIMEOUT_SECONDS: String(NODE_TIMEOUT_SECONDS),
        MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: '2',
      };
      const first = await startServer(t, { dataDir: join(folder, 'server'), env });
      if (first.wiring.server['MUSTER_MONGODB_URL'] === undefined) return [first];
      return [first, await startServer(t, { dataDir: join(folder, 'server-2'), env, wiring: first.wiring })];
    }

    /** Starts the HTTP server that tasks call. It counts requests by path. */
    async function startSite() {
      const heard = new Map<string, number>();
      const listener = createServer((request, response) => {
        heard.set(request.url ?? '', (heard.get(request.url ?? '') ?? 0) + 1);
        request.resume().once('end', () => response.end('done'));
      });
      const port = await freePort();
      await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
      const host = `127.0.0.1:${port}`;
      return {
        host,
        url: `http://${host}`,
        calls: (name: string) => heard.get(`/${name}`) ?? 0,
        close: () => listener.close(),
      };
    }

    /** Creates the tasks and lets them run for a while. Then all schedules are paused and the kills stop. */
    async function live(): Promise<void> {
      try {
        await Promise.all([makeTasks(), pause(SPAN)]);
      } finally {
        killing = false;
      }
    }

    /** Creates the tasks in rounds, one of each kind. Triggers tasks without a schedule, and pauses tasks with a schedule after a while. */
    async function makeTasks(): Promise<void> {
      const waiting = Array.from({ length: TASKS / KINDS.length }, (_, round) => round);
      const paused: Promise<unknown>[] = [];
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
          const numbers = new Map<Kind, number>();
          for (const kind of KINDS) {
            const name = `${kind}-${round}`;
            const body = bodyOf(kind, name, round, (other) => numbers.get(other) ?? 0, {
              diaries,
              site: site.url,
            });
            const { id } = await acknowledged<TaskView>(client, '/api/tasks', body);
            numbers.set(kind, id);
            made.push({ id, kind, name });
          }
          paused.push(pauseAfterALife(SCHEDULED.map((kind) => numbers.get(kind)!)));
          for (const kind of KINDS)
            for (let time = 0; time < TRIGGERS[kind]; time += 1) {
              await acknowledged<RunView>(client + time, `/api/tasks/${numbers.get(kind)}/trigger`);
              await pause(randomInt(0, 300));
            }
        }
      });
      await Promise.all(clients);
      await Promise.all(paused);
    }

    async function pauseAfterALife(ids: readonly number[]): Promise<void> {
      await pause(LIFE);
      for (const id of ids) await acknowledged(id, `/api/tasks/${id}`, { status: 'paused' }, 'put');
    }

    /** Repeats a command with one key, alternating between the servers, until it is acknowledged. */
    async function acknowledged<Data>(
      client: number,
      path: string,
      body?: object,
      method: 'post' | 'put' = 'post',
    ): Promise<Data> {
      const key = { 'idempotency-key': randomUUID() };
      let tries = client;
      return await eventually(
        async () => {
          const { server: at, account } = accounts[(tries += 1) % accounts.length]!;
          if (!at.listens) throw new Error('nobody listens');
          const answer: Answer<{ data: Data }> = await account.call<Data>(method, path, body, key);
          if (answer.status !== 201 && answer.status !== 200)
            throw new Error(`${path}: ${answer.status} ${answer.text}`);
          return answer.body.data;
        },
        { timeout: 120_000, interval: 50, what: `an acknowledgement of ${path}` },
      );
    }

    async function killServer(each: Server): Promise<void> {
      for (let kill = 0; killing && kill < SERVER_KILLS; kill += 1) {
        await pause(randomInt(...SERVER_LIVES));
        await losing;
        await each.kill();
        killed.servers += 1;
        each.launch();
        await each.ready(300_000);
      }
    }

    /** Kills random agents and restarts them at once, so that their tasks survive. Spares agents that have not registered yet, or their nodes would be lost. */
    async function killAgents(): Promise<void> {
      while (killing && killed.agents < AGENT_KILLS) {
        await pause(randomInt(...AGENTS_LIVE));
        const agent = agents[randomInt(agents.length)]!;
        if (agent === away || !agent.program.said('agent.registered')) continue;
        await agent.kill();
        killed.agents += 1;
        // `lose` may have stopped it in the meantime.
        if (agent !== away) agent.launch();
      }
    }

    /** Stops an agent until its node is lost, with the tasks on it. */
    async function lose(at: number, index: number): Promise<void> {
      await pause(at);
      await losing;
      const agent = agents[index]!;
      await eventually(
        async () => {
          const running = (await server.api.node(agent.nodeId)).allocations.filter(
            ({ status }) => status === 'running',
          ).length;
          if (killing && running < LOST_TASKS) throw new Error(`it runs ${running}`);
          return true;
        },
        { timeout: 300_000, what: 'work on a node that is to be lost' },
      );
      away = agent;
      losing = agent.kill().then(async () => {
        await eventually(async () => !(await server.api.node(agent.nodeId)).healthy, {
          timeout: 300_000,
          what: 'the loss of a node',
        });
        killed.nodes += 1;
        agent.launch();
        away = undefined;
      });
      await losing;
    }

    /** Waits until no runs are unfinished or due, including those of dependent tasks. */
    async function allEnded(): Promise<true> {
      return await eventually(
        async () => {
          // Checks twice, because a task that had ended may be started by another one during the first check.
          for (let look = 0; look < 2; look += 1) {
            const unended = (await root.tasks()).filter(
              (task) => task.unfinished_runs > 0 || task.next_run_at !== null,
            );
            if (unended.length > 0)
              throw new Error(`${unended.length} have not, such as ${JSON.stringify(unended[0])}`);
          }
          const { undecided } = readChains(await readEvents(server));
          if (undecided.length > 0) throw new Error(`undecided: ${undecided.slice(0, 5).join(', ')}`);
          return true as const;
        },
        { timeout: 240_000, interval: 1_000, what: 'the end of all runs' },
      );
    }

    /** Returns the runs of all tasks, oldest first for each task. */
    async function allRuns(): Promise<RunView[]> {
      const found: RunView[] = [];
      for (const { id } of made) {
        const own: RunView[] = [];
        for (let page = 1; own.length === (page - 1) * PAGE; page += 1)
          own.push(...(await root.runs(id, `?size=${PAGE}&page=${page}`)));
        found.push(...own.reverse());
      }
      return found;
    }

    function isCall({ task_id: id }: RunView): boolean {
      return made.find((each) => each.id === id)?.kind === 'call';
    }
  },
);

/** Whether a run ended as its kind should. A run that lost its worker too often fails with that reason. */
function isAsExpected(kind: Kind, run: RunView): boolean {
  if (run.status === 'failed' && run.reason === 'worker_lost') return true;
  switch (kind) {
    case 'broken':
      return run.status === 'failed' && run.exit_code === 7 && run.attempt === 2;
    case 'slow':
      return run.status === 'timeout' && run.attempt === 2;
    case 'replace':
      return run.status === 'success' || (run.status === 'cancelled' && run.reason === 'replaced');
    default:
      return run.status === 'success';
  }
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
