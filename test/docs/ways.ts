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
const PROJECTOR = 'src/process/read-side/projector.ts';

/** Delay of each disk sync, in milliseconds. It separates calls that lead to an append from calls that follow it. */
const SYNC_MS = 700;
/** Number of traced requests. Files called in most of them belong to the way, those called by timers do not. */
export const ROUNDS = 6;

const ROUTE = 'src/surfaces/cluster/routes/job-reads.ts';

/** Places where a command is handed to the writer's thread, and where the writer commits it. */
const HANDED_OVER: Place = { file: WRITER_CLIENT, text: 'postMessage({ requests }', by: COMMANDS };
const COMMITTED: Place = {
  file: 'src/engine/event-store/sqlite/writer/log-writer.ts',
  text: 'this.#commit.run()',
};
/** Places where the projector learns of an append, reads the event and writes the document, and where a GET reads that document. */
const TOLD: Place = { file: 'src/engine/event-store/append-notifications.ts', text: 'settle(true)' };
const READ: Place = { file: 'src/engine/event-store/sqlite/reader.ts', text: '.all(...parameters)' };
const PROJECTED: Place = { file: 'src/engine/read-models/sqlite/document-table.ts', text: 'insert.run(' };
const GOT: Place = { file: 'src/engine/read-models/sqlite/live-model.ts', text: 'this.#get.get(', by: ROUTE };

/** Number of rounds in which any function of a file was called, by file. */
export type Calls = ReadonlyMap<string, number>;

/** The path of a request or an event through the program. */
export interface Way {
  /** Chain of calls, including asynchronous ones, by part. Each file is listed where it first appears. */
  readonly chain: readonly (readonly [part: string, files: readonly string[]])[];
  /** All files called, by thread. `soon` has the files called shortly afterwards, some of which may be in `calls` in another run. */
  readonly asked: readonly (readonly [thread: string, calls: Calls, soon: Calls])[];
}

export interface Ways {
  /** From `POST /jobs` until its event is on the disk. */
  readonly command: Way;
  /** From the event until a GET shows it. */
  readonly event: Way;
}

export const canTrace = (): boolean => spawnSync('strace', ['-V']).status === 0;

/**
 * Follows requests through a running server. The debugger gives the call stack at the end of each part. V8's precise coverage counts the calls while
 * strace delays each disk sync.
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
    // Responses of the writer to other requests also call its client, so only a call after the route counts.
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
      what: 'the end of the evaluation',
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

/** Submits a job that fits no node, and waits until the scheduler reports it as blocked. */
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
    what: 'the attachment of strace to the server',
  });
}

/** Returns what the main thread calls for a GET, including the metrics update after the response, so that nothing leaks into the next trace. */
async function getTraced(server: Server, inspected: Inspected): Promise<string[]> {
  // Background work of earlier requests may go on for as long as all rounds take.
  await eventually(async () => (await inspected.called('main')).length === 0, {
    interval: 20,
    what: 'an idle moment of the main thread',
  });
  taken(await server.api.get('/jobs/warm-1'));
  return await untilCalled(inspected, [COUNTED], 'the metrics update for the response');
}

/** Returns what the main thread calls until it has called these files in this order, and right after that. */
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

/** Runs {@link ROUNDS} rounds and returns the lists of each. */
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
