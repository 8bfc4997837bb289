import { randomInt, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { startAgent } from '../fixtures/agent.js';
import { taken, type Answer, type CallOptions, type Submitted } from '../fixtures/api.js';
import { readEvents } from '../fixtures/event-log.js';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { Diary, isAlive, job } from '../fixtures/jobs.js';
import { startServer, type Server } from '../fixtures/server.js';
import { rounds } from '../fixtures/wiring/wiring.js';

t.setTimeout(1_200_000);

const KILLS = rounds(100);
const CLIENTS = 4;
const JOBS_OF_A_CLIENT = 50;
const KINDS = ['short', 'long', 'deleted', 'failing', 'updated', 'short', 'deleted'] as const;
type Kind = (typeof KINDS)[number];
const IN_THE_END = {
  short: 'complete',
  failing: 'failed',
  long: 'running',
  deleted: 'dead',
  updated: 'running',
} as const;

/** Number of acknowledged commands of all clients. */
let acknowledgements = 0;

/** Acknowledged commands of one client for one job. */
interface Account {
  readonly id: string;
  readonly kind: Kind;
  /** Event types that the job's stream must hold, in this order, and no others. */
  readonly events: string[];
  readonly evaluations: string[];
}

void t.test(
  'a server killed with -9 at random moments under load loses nothing that it acknowledged and runs no slot twice',
  async (t) => {
    const folder = ownFolder(t);
    const diary = new Diary(join(folder, 'diary'));
    mkdirSync(diary.folder);
    const server = await startServer(t, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_NODE_TIMEOUT_SECONDS: '60' },
    });
    for (const name of ['a', 'b'])
      await startAgent(t, server, { dataDir: join(folder, name), env: { MUSTER_HEARTBEAT_SECONDS: '0.3' } });

    const accounts: Account[] = [];
    const templates: string[] = [];
    let killing = true;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let turn = 0; killing; turn += 1) {
        if (turn < JOBS_OF_A_CLIENT)
          accounts.push(
            await liveOneJob(server, diary, `c${client}-${turn}`, KINDS[turn % KINDS.length] ?? 'short'),
          );
        // The machine has enough processes by now. Templates are load without tasks.
        else
          templates.push(
            (
              await acknowledged(server, (options) =>
                server.api.post<Submitted & { template_id: string }>(
                  '/templates',
                  { name: `${client}/${turn}` },
                  options,
                ),
              )
            ).template_id,
          );
        await pause(randomInt(10, 80));
      }
    });
    for (const each of clients) each.catch(() => undefined);

    for (let kill = 0; kill < KILLS; kill += 1) {
      // Every other kill waits for an acknowledgement: if every kill happened during startup, the test would prove little.
      const before = acknowledgements;
      if (kill % 2 === 0)
        await eventually(() => acknowledgements > before, {
          timeout: 60_000,
          interval: 10,
          what: 'an acknowledgement between two kills',
        });
      await pause(randomInt(0, 350));
      await server.kill();
      server.launch();
      if (kill % 7 === 0) {
        // Kills again before the server is ready, while it opens its files, repairs or replays.
        await pause(randomInt(0, 300));
        await server.kill();
        server.launch();
      }
      await server.ready();
    }
    killing = false;
    await Promise.all(clients);
    t.comment(`${accounts.length} jobs, ${templates.length} templates, ${server.starts} starts`);

    for (const { id, kind } of accounts) await server.api.jobIs(id, IN_THE_END[kind], 60_000);
    await eventually(
      () =>
        accounts.every(
          ({ id, kind }) => kind !== 'deleted' || diary.count(id, 'started') === 0 || !isAlive(diary.pid(id)),
        ),
      {
        timeout: 30_000,
        what: 'the end of every task of a stopped job',
      },
    );
    await eventually(
      () =>
        accounts.every(({ id, kind }) => IN_THE_END[kind] !== 'running' || diary.count(id, 'started') > 0),
      { timeout: 30_000, what: 'the first line of every running task' },
    );
    const streams = byStream(await readEvents(server, { streamPrefixes: ['job-'] }));
    for (const { id, kind, events, evaluations } of accounts) {
      const stored = streams.get(`job-${id}`) ?? [];
      t.same(
        stored.map((event) => event.type),
        events,
        `${id}: exactly the acknowledged commands are recorded, each once`,
      );
      t.same(
        stored.flatMap((event) =>
          'evaluationId' in event.data && event.type !== 'JobStopped' ? [event.data.evaluationId] : [],
        ),
        evaluations,
        `${id}: the evaluations match the responses`,
      );
      t.equal(diary.count(id, 'doubled'), 0, `${id}: never ran twice at the same time`);
      const started = diary.count(id, 'started');
      if (kind === 'long')
        t.same([started, isAlive(diary.pid(id))], [1, true], `${id}: started once, and alive`);
      if (kind === 'short' || kind === 'failing')
        t.same([started, diary.count(id, 'ended')], [1, 1], `${id}: ran once, to its end`);
      if (kind === 'deleted') t.ok(started <= 1, `${id}: started at most once`);
      if (kind === 'updated')
        t.ok(
          started >= 1 && started <= 2 && isAlive(diary.pid(id)),
          `${id}: started at most once per version`,
        );
    }
    const listed = taken(
      await server.api.get<{ templates: { template_id: string }[] }>('/templates'),
    ).templates.map((each) => each.template_id);
    t.same(
      [...listed].sort(),
      [...templates].sort(),
      'exactly the acknowledged templates are listed, each once',
    );
    await invariantsHold(t, server);
  },
);

/** Submits a job and sends the commands of its kind. Each command is repeated with its key until it is acknowledged. */
async function liveOneJob(server: Server, diary: Diary, id: string, kind: Kind): Promise<Account> {
  const small = { cpu: 2, memory: 2 };
  const brief = kind === 'short' || kind === 'failing';
  const first = job(id, {
    ...small,
    command: diary.command(id, brief ? 0.05 : 3600, kind === 'failing' ? 3 : 0),
  });
  const events = ['JobSubmitted'];
  const evaluations = [
    (await acknowledged(server, (options) => server.api.post<Submitted>('/jobs', first, options)))
      .evaluation_id,
  ];
  await pause(randomInt(0, 100));
  if (kind === 'deleted') {
    await acknowledged(server, (options) => server.api.delete(`/jobs/${id}`, options));
    events.push('JobStopped');
  }
  if (kind === 'updated') {
    const second = job(id, { ...small, command: diary.command(id, 3600), memory: 3 });
    evaluations.push(
      (await acknowledged(server, (options) => server.api.put<Submitted>(`/jobs/${id}`, second, options)))
        .evaluation_id,
    );
    events.push('JobUpdated');
  }
  return { id, kind, events, evaluations };
}

/** Repeats a command with one key until it is acknowledged. Waits while the server is not listening. */
async function acknowledged<Body>(
  server: Server,
  send: (options: CallOptions) => Promise<Answer<Body>>,
): Promise<Body & object> {
  const options = { headers: { 'idempotency-key': randomUUID() }, timeout: 5_000 };
  let problem: unknown;
  const answer = await eventually(
    async () => {
      if (!server.listens) throw new Error(`nobody listens, and before that: ${String(problem)}`);
      try {
        return taken(await send(options)) as Body & object;
      } catch (error) {
        problem = error;
        throw error;
      }
    },
    { timeout: 60_000, interval: 20, what: 'an acknowledgement' },
  );
  acknowledgements += 1;
  return answer;
}

function byStream(events: readonly RecordedMusterEvent[]): Map<string, RecordedMusterEvent[]> {
  const streams = new Map<string, RecordedMusterEvent[]>();
  for (const event of events) {
    const stream = streams.get(event.stream);
    if (stream === undefined) streams.set(event.stream, [event]);
    else stream.push(event);
  }
  return streams;
}
