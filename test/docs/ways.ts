import { spawnSync } from 'node:child_process';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { Inspected, type Place } from '../fixtures/inspected.js';
import { job } from '../fixtures/jobs.js';
import { MODULES, Program } from '../fixtures/program.js';
import type { Scope } from '../fixtures/scope.js';
import { startServer, type Server } from '../fixtures/server.js';

const WRITER = 'src/engine/event-store/sqlite/writer/main.ts';
const WRITER_CLIENT = 'src/engine/event-store/sqlite/writer-client.ts';
const COMMANDS = 'src/surfaces/cluster/routes/job-commands.ts';
const COUNTED = 'src/engine/metrics/http.ts';
const PROJECTOR = 'src/server/workers/projector.ts';

/** The disk takes so long for each sync: what follows an append waits, and is not mistaken for a part of the way to it. */
const SYNC_MS = 700;
/** What is called most times is of the way; what a timer called meanwhile is not. */
export const ROUNDS = 6;

const ROUTE = 'src/surfaces/cluster/routes/job-reads.ts';

/** Where a command is handed to the writer's thread, and where the writer commits it. */
const HANDED_OVER: Place = { file: WRITER_CLIENT, text: 'postMessage({ requests }', by: COMMANDS };
const COMMITTED: Place = {
  file: 'src/engine/event-store/sqlite/writer/log-writer.ts',
  text: 'this.#commit.run()',
};
/** Where the projector is told that the log has grown, where it reads, where it writes the document, and where a GET reads that. */
const TOLD: Place = { file: 'src/engine/event-store/append-notifications.ts', text: 'settle(true)' };
const READ: Place = { file: 'src/engine/event-store/sqlite/reader.ts', text: '.all(...parameters)' };
const PROJECTED: Place = { file: 'src/engine/read-models/sqlite/document-table.ts', text: 'insert.run(' };
const GOT: Place = { file: 'src/engine/read-models/sqlite/live-model.ts', text: 'this.#get.get(', by: ROUTE };

/** Files of which a function was called, each with the number of rounds in which it was. */
export type Calls = ReadonlyMap<string, number>;

/** How a request or an event gets on. */
export interface Way {
  /** What it passes through, part by part: the chain of calls, asynchronous ones among them, each file where it first comes. */
  readonly chain: readonly (readonly [part: string, files: readonly string[]])[];
  /** All that was called, thread by thread: what is passed through, and what is asked on the way. What followed soon may be among it in one run, and not in the next. */
  readonly asked: readonly (readonly [thread: string, calls: Calls, soon: Calls])[];
}

export interface Ways {
  /** `POST /jobs`, until its event is on the disk. */
  readonly command: Way;
  /** The event, until a GET shows it. */
  readonly event: Way;
}

export const canTrace = (): boolean => spawnSync('strace', ['-V']).status === 0;

/**
 * Follows requests through a running server: asks its debugger for the stack of calls at the end of each part, and counts calls with V8's precise
 * coverage, while strace holds each sync of the disk.
 */
export async function traceWays(scope: Scope): Promise<Ways> {
  const server = await startServer(scope, { main: MODULES, env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
  for (let n = 0; n < 20; n += 1) await settled(server, `warm-${n}`);
  const inspected = await Inspected.of(server.program);
  scope.teardown(() => inspected.close());
  const [commandChain, eventChain] = await chains(server, inspected);
  const gets = await repeated(async () => [await getTraced(server, inspected)]);
  await slowDisk(scope, server);
  let n = 0;
  const posts = await repeated(async () => {
    const id = `traced-${(n += 1)}`;
    await getTraced(server, inspected);
    for (const thread of ['main', WRITER, PROJECTOR]) await inspected.called(thread);
    const answer = server.api.post('/jobs', job(id));
    // The writer's answer to others calls its client as well: what counts is what comes behind the route.
    const requested = await untilCalled(inspected, [COMMANDS, WRITER_CLIENT], 'the append');
    const { headers, status } = await answer;
    if (status !== 200) throw new Error(`the job was answered ${status}`);
    const written = await inspected.called(WRITER);
    taken(
      await server.api.get(`/jobs/${id}`, {
        headers: { 'x-muster-min-position': String(headers['x-muster-position']) },
      }),
    );
    const projected = await inspected.called(PROJECTOR);
    await eventually(async () => (await server.api.job(id)).status === 'blocked', {
      what: 'the end of what follows',
    });
    return [
      requested,
      written,
      projected,
      ...(await Promise.all(['main', WRITER, PROJECTOR].map((thread) => inspected.called(thread)))),
    ];
  });
  const [requested, written, projected] = [callsOf(posts, 0), callsOf(posts, 1), callsOf(posts, 2)];
  const none: Calls = new Map();
  return {
    command: {
      chain: commandChain,
      asked: [
        ['the main thread, until it hands the append to the writer', requested, callsOf(posts, 3)],
        ['the writer, until it has answered', written, callsOf(posts, 4)],
      ],
    },
    event: {
      chain: eventChain,
      asked: [
        ['the projector', projected, callsOf(posts, 5)],
        ['the main thread, for the GET and its count in the metrics', callsOf(gets, 0), none],
      ],
    },
  };
}

async function chains(
  server: Server,
  inspected: Inspected,
): Promise<[command: Way['chain'], event: Way['chain']]> {
  let n = 0;
  const posted = async (thread: string, place: Place): Promise<string[]> =>
    await inspected.chain(thread, place, () => settled(server, `chain-${(n += 1)}`));
  const handed = await posted('main', HANDED_OVER);
  const committed = await posted(WRITER, COMMITTED);
  const told = await posted(PROJECTOR, TOLD);
  const read = await posted(PROJECTOR, READ);
  const projected = await posted(PROJECTOR, PROJECTED);
  const got = await inspected.chain('main', GOT, async () => taken(await server.api.get('/jobs/warm-1')));
  return [
    [
      ['the main thread, from the socket until it hands the append to the writer', handed],
      ['the writer, until the commit', committed],
    ],
    [
      [
        'the projector, from the news that the log has grown until it has read the event',
        [...new Set([...told, ...read])],
      ],
      ['the projector, until it writes the document', projected],
      ["the main thread, from the GET's route until it reads the document", got.slice(got.indexOf(ROUTE))],
    ],
  ];
}

/** Submits a job that no node can take, and waits until the scheduler has said so. */
async function settled(server: Server, id: string): Promise<void> {
  await server.api.submit(job(id));
  await eventually(async () => (await server.api.job(id)).status === 'blocked', {
    what: `the evaluation of ${id}`,
  });
}

async function slowDisk(scope: Scope, server: Server): Promise<void> {
  const delay = `inject=fsync,fdatasync:delay_enter=${SYNC_MS * 1000}`;
  const strace = Program.start({
    command: 'strace',
    args: ['-f', '-e', 'trace=fsync,fdatasync', '-e', delay, '-o', '/dev/null', '-p', String(server.pid)],
  });
  scope.teardown(() => strace.end('SIGKILL'));
  await eventually(() => strace.stderr.some((line) => line.includes('attached')), {
    what: 'strace at the server',
  });
}

/** What the main thread calls for a GET, up to the count of the answer in the metrics: nothing of it is left over for what is traced next. */
async function getTraced(server: Server, inspected: Inspected): Promise<string[]> {
  // What followed something else may go on for as long as all rounds take.
  await eventually(async () => (await inspected.called('main')).length === 0, {
    interval: 20,
    what: 'a moment in which the main thread does nothing',
  });
  taken(await server.api.get('/jobs/warm-1'));
  return await untilCalled(inspected, [COUNTED], 'the count of the answer');
}

/** What the main thread calls until it has called these files, one after the other or at once, and right after. */
async function untilCalled(inspected: Inspected, files: readonly string[], what: string): Promise<string[]> {
  const called = new Set<string>();
  let come = 0;
  await eventually(
    async () => {
      const calls = await inspected.called('main');
      for (const each of calls) called.add(each);
      while (come < files.length && calls.includes(files[come] ?? '')) come += 1;
      return come === files.length;
    },
    { interval: 5, what },
  );
  return [...called, ...(await inspected.called('main'))];
}

/** The lists of each round. */
async function repeated(
  round: () => Promise<readonly (readonly string[])[]>,
): Promise<(readonly (readonly string[])[])[]> {
  const rounds: (readonly (readonly string[])[])[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round());
  return rounds;
}

function callsOf(rounds: readonly (readonly (readonly string[])[])[], index: number): Calls {
  const calls = new Map<string, number>();
  for (const lists of rounds)
    for (const file of new Set(lists[index])) calls.set(file, (calls.get(file) ?? 0) + 1);
  return calls;
}
