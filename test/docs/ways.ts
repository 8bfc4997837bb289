import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { taken } from '../fixtures/api.js';
import { eventually } from '../fixtures/eventually.js';
import { Inspected } from '../fixtures/inspected.js';
import { job } from '../fixtures/jobs.js';
import { MODULES, Program } from '../fixtures/program.js';
import type { Scope } from '../fixtures/scope.js';
import { startServer, type Server } from '../fixtures/server.js';

const WRITER = 'src/engine/event-store/sqlite/writer/main.ts';
const WRITER_CLIENT = 'src/engine/event-store/sqlite/writer-client.ts';
const COUNTED = 'src/engine/metrics/http.ts';
const PROJECTOR = 'src/server/workers/projector.ts';

/** The disk takes so long for each sync: what follows an append waits, and is not mistaken for a part of the way to it. */
const SYNC_MS = 700;
/** What is called most times is of the way; what a timer called meanwhile is not. */
export const ROUNDS = 6;

const BEGIN = '<!-- traced: node dist/test/docs/write-ways.js -->\n';
const END = '<!-- end of what was traced -->';

/** Files of which a function was called, each with the number of rounds in which it was. */
type Calls = ReadonlyMap<string, number>;

/** What was called, thread by thread. */
export type Way = readonly (readonly [thread: string, calls: Calls])[];

export interface Ways {
  /** `POST /jobs`, until its event is on the disk. */
  readonly command: Way;
  /** The event, until a GET shows it. */
  readonly event: Way;
}

export const canTrace = (): boolean => spawnSync('strace', ['-V']).status === 0;

/** Follows requests through a running server: counts calls with V8's precise coverage, while strace holds each sync of the disk. */
export async function traceWays(scope: Scope): Promise<Ways> {
  const server = await startServer(scope, { main: MODULES, env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
  for (let n = 0; n < 20; n += 1) await settled(server, `warm-${n}`);
  const inspected = await Inspected.of(server.program);
  scope.teardown(() => inspected.close());
  const gets = await repeated(async () => [await getTraced(server, inspected)]);
  await slowDisk(scope, server);
  let n = 0;
  const posts = await repeated(async () => {
    const id = `traced-${(n += 1)}`;
    await getTraced(server, inspected);
    for (const thread of ['main', WRITER, PROJECTOR]) await inspected.called(thread);
    const answer = server.api.post('/jobs', job(id));
    const requested = await untilCalled(inspected, WRITER_CLIENT, 'the append');
    const { headers, status } = await answer;
    if (status !== 200) throw new Error(`the job was answered ${status}`);
    const written = await inspected.called(WRITER);
    taken(await server.api.get(`/jobs/${id}`, { headers: { 'x-muster-min-position': String(headers['x-muster-position']) } }));
    const projected = await inspected.called(PROJECTOR);
    await eventually(async () => (await server.api.job(id)).status === 'blocked', { what: 'the end of what follows' });
    return [requested, written, projected];
  });
  const [requested, written, projected] = [callsOf(posts, 0), callsOf(posts, 1), callsOf(posts, 2)];
  return {
    command: [
      ['the main thread, until it hands the append to the writer', requested],
      ['the writer, until it has answered', written],
    ],
    event: [
      ['the projector', projected],
      ['the main thread, for the GET and its count in the metrics', callsOf(gets, 0)],
    ],
  };
}

/** Submits a job that no node can take, and waits until the scheduler has said so. */
async function settled(server: Server, id: string): Promise<void> {
  await server.api.submit(job(id));
  await eventually(async () => (await server.api.job(id)).status === 'blocked', { what: `the evaluation of ${id}` });
}

async function slowDisk(scope: Scope, server: Server): Promise<void> {
  const delay = `inject=fsync,fdatasync:delay_enter=${SYNC_MS * 1000}`;
  const strace = Program.start({ command: 'strace', args: ['-f', '-e', 'trace=fsync,fdatasync', '-e', delay, '-o', '/dev/null', '-p', String(server.pid)] });
  scope.teardown(() => strace.end('SIGKILL'));
  await eventually(() => strace.stderr.some((line) => line.includes('attached')), { what: 'strace at the server' });
}

/** What the main thread calls for a GET, up to the count of the answer in the metrics: nothing of it is left over for what is traced next. */
async function getTraced(server: Server, inspected: Inspected): Promise<string[]> {
  await inspected.called('main');
  taken(await server.api.get('/jobs/warm-1'));
  return await untilCalled(inspected, COUNTED, 'the count of the answer');
}

/** What the main thread calls until it has called this file, and right after. */
async function untilCalled(inspected: Inspected, file: string, what: string): Promise<string[]> {
  const called = new Set<string>();
  await eventually(
    async () => {
      for (const each of await inspected.called('main')) called.add(each);
      return called.has(file);
    },
    { interval: 5, what },
  );
  return [...called, ...(await inspected.called('main'))];
}

/** The lists of each round. */
async function repeated(round: () => Promise<readonly (readonly string[])[]>): Promise<(readonly (readonly string[])[])[]> {
  const rounds: (readonly (readonly string[])[])[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round());
  return rounds;
}

function callsOf(rounds: readonly (readonly (readonly string[])[])[], index: number): Calls {
  const calls = new Map<string, number>();
  for (const lists of rounds) for (const file of new Set(lists[index])) calls.set(file, (calls.get(file) ?? 0) + 1);
  return calls;
}

/** The ways as `docs/architecture.md` has them. */
export function written({ command, event }: Ways): string {
  return [...section('`POST /jobs`, until its event is on the disk', command), ...section('An event, until its GET', event)].join('\n');
}

function section(title: string, way: Way): string[] {
  const lists = way.map(([thread, calls]) => [thread, [...calls].flatMap(([file, rounds]) => (2 * rounds > ROUNDS ? [file] : [])).sort()] as const);
  return [`### ${title}: ${counted(lists.flatMap(([, files]) => files))}`, '', ...lists.flatMap(([thread, files]) => [`- ${thread}:`, ...byFolder(files)]), ''];
}

/** How a heading counts: `48 files in 19 folders`. */
export function counted(files: readonly string[]): string {
  return `${new Set(files).size} files in ${new Set(files.map((file) => dirname(file))).size} folders`;
}

function byFolder(files: readonly string[]): string[] {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  return folders.map(
    (folder) =>
      `  - ${files
        .filter((file) => dirname(file) === folder)
        .map((file) => `\`${file}\``)
        .join(', ')}`,
  );
}

/** A way as the page has it. */
export interface WrittenWay {
  readonly heading: string;
  readonly threads: ReadonlyMap<string, readonly string[]>;
}

/** What the page says of the two ways. */
export function waysIn(page: string): { readonly command: WrittenWay; readonly event: WrittenWay } {
  const [command = '', event = ''] = page
    .slice(...bounds(page))
    .split(/^### /m)
    .slice(1);
  return { command: wayIn(command), event: wayIn(event) };
}

function wayIn(text: string): WrittenWay {
  const [heading = '', ...threads] = text.split(/\n- /);
  const files = (list: string): string[] => [...list.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
  return { heading: heading.trim(), threads: new Map(threads.map((thread) => [thread.slice(0, thread.indexOf(':\n')), files(thread)])) };
}

export function withWays(page: string, ways: string): string {
  const [begin, end] = bounds(page);
  return page.slice(0, begin) + ways + page.slice(end);
}

function bounds(page: string): [begin: number, end: number] {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error('the page does not say where the ways stand');
  return [begin, end];
}
