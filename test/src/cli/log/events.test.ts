import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { openApi } from '#src/cli/shared/client.js';
import { eventCells, eventSummary, type ShownEvent } from '#src/cli/log/event-line.js';
import { WHOLE } from '#src/cli/shared/table.js';
import { parseEventsOptions, type EventsOptions } from '#src/cli/log/events-query.js';
import { eventsOfLog } from '#src/cli/log/log-events.js';
import { openLogIndex } from '#src/engine/read-models/index.js';
import { eventsOfServer } from '#src/cli/log/server-events.js';
import {
  blocked,
  evaluated,
  exited,
  place,
  placed,
  registered,
  released,
  started,
  stopped,
  submitted,
} from '../../../projections/events.js';
import { decode, isOurs } from '#test/fixtures/muster-events.js';
import { muster } from '../../../fixtures/program.js';
import { openTestApi } from '../../http/support/test-api.js';

const CATALOG = { decode, isOurs };

const { app, store, happened } = await openTestApi(t);
const address = await app.listen({ port: 0, host: '127.0.0.1' });
const api = openApi(address, undefined);
const [own, others] = [place('al-1', 'web'), place('al-2', 'web-2')];
await happened(
  registered('n1'),
  submitted('web'),
  submitted('web-2'),
  placed(own),
  placed(others),
  evaluated('web', 'e1'),
  started(own),
  started(others),
);
await happened(
  {
    type: 'TaskExited',
    data: {
      ...own,
      task: 'main',
      status: 'failed',
      startTime: 1,
      endTime: 2,
      exitCode: 137,
      error: null,
      message: 'out of memory',
    },
  },
  released(own, 'failed', 1),
  blocked('web', 'e2'),
  stopped('web'),
);

const HISTORY = [
  'job-web JobSubmitted',
  'scheduler AllocationPlaced',
  'scheduler EvaluationCompleted',
  'node-n1 AllocationStarted',
  'node-n1 TaskExited',
  'scheduler AllocationReleased',
  'scheduler EvaluationBlocked',
  'job-web JobStopped',
];

async function read(
  options: EventsOptions,
  stop = Number.POSITIVE_INFINITY,
): Promise<{ fromLog: ShownEvent[]; fromIndex: ShownEvent[]; fromServer: ShownEvent[] }> {
  const taken = async (events: (signal: AbortSignal) => AsyncIterable<ShownEvent>): Promise<ShownEvent[]> => {
    const end = new AbortController();
    const found: ShownEvent[] = [];
    for await (const event of events(end.signal)) {
      found.push(event);
      if (found.length >= stop) break;
    }
    end.abort();
    return found;
  };
  return {
    fromLog: await taken((signal) => eventsOfLog({ store, isOurs }, parseEventsOptions(options), signal)),
    fromIndex: await taken((signal) =>
      eventsOfLog({ store, index, isOurs }, parseEventsOptions(options), signal),
    ),
    fromServer: await taken((signal) => eventsOfServer(api, parseEventsOptions(options), signal)),
  };
}

const index = await openLogIndex(t.testdirName, store);
t.ok(index, 'the index matches the log');
t.teardown(() => index?.close());

const namesOf = (events: readonly ShownEvent[]): string[] =>
  events.map(({ stream, type }) => `${stream} ${type}`);

await t.test('returns the same events of a job, in order, from a server and from the log', async (t) => {
  const { fromLog, fromServer } = await read({ job: 'web' });
  t.same(namesOf(fromLog), HISTORY);
  t.same(namesOf(fromServer), HISTORY);
  t.match(
    fromServer.map((event) => ({ ...event, created: undefined })),
    fromLog,
    'each field is the same',
  );
});

await t.test('returns the newest events with -n, in log order', async (t) => {
  for (const events of Object.values(await read({ job: 'web', last: '3' })))
    t.same(namesOf(events), HISTORY.slice(-3));
  for (const events of Object.values(await read({ job: 'web', last: '100' })))
    t.same(namesOf(events), HISTORY);
  for (const events of Object.values(await read({ last: '0' }))) t.same(events, []);
});

await t.test('starts after the position of --from, also with -n', async (t) => {
  const { fromLog } = await read({ job: 'web' });
  const from = fromLog[5]?.position ?? '';
  for (const events of Object.values(await read({ job: 'web', from })))
    t.same(namesOf(events), HISTORY.slice(6));
  for (const events of Object.values(await read({ job: 'web', from, last: '5' })))
    t.same(namesOf(events), HISTORY.slice(6));
});

await t.test('accepts a time or a duration for --since', async (t) => {
  for (const events of Object.values(await read({ job: 'web', since: '1h' })))
    t.same(namesOf(events), HISTORY);
  for (const events of Object.values(await read({ since: '2199-01-01' }))) t.same(events, []);
  t.ok(parseEventsOptions({ since: 'yesterday 14:32' }).since! < Date.now());
  t.throws(() => parseEventsOptions({ since: '#7' }), { message: /^--since #7: must be a time/ });
  t.throws(() => parseEventsOptions({ since: 'yesterday' }), {
    message: /^--since yesterday: must be a time/,
  });
  t.throws(() => parseEventsOptions({ from: 'x' }), { message: /^--from x: must be a position/ });
  t.throws(() => parseEventsOptions({ last: '-1' }), { message: '-n -1: must be a whole number' });
});

await t.test('selects by --until and --actor', async (t) => {
  for (const events of Object.values(await read({ job: 'web', until: '2199-01-01' })))
    t.same(namesOf(events), HISTORY);
  for (const events of Object.values(await read({ until: '1h' }))) t.same(events, []);
  for (const events of Object.values(await read({ until: '1h', last: '3' }))) t.same(events, []);
  const [first] = (await read({ job: 'web', last: '1' })).fromLog;
  const { actor } = first?.metadata as { readonly actor: string };
  for (const events of Object.values(await read({ job: 'web', actor }))) t.same(namesOf(events), HISTORY);
  for (const events of Object.values(await read({ actor: 'bob' }))) t.same(events, []);
  t.throws(() => parseEventsOptions({ until: '1h', follow: true }), { message: /^--until cannot/ });
});

await t.test('distinguishes streams, categories and types that share a prefix', async (t) => {
  for (const events of Object.values(await read({ stream: 'job-web' })))
    t.same(namesOf(events), ['job-web JobSubmitted', 'job-web JobStopped']);
  for (const events of Object.values(await read({ category: 'job', type: 'JobSubmitted' })))
    t.same(namesOf(events), ['job-web JobSubmitted', 'job-web-2 JobSubmitted']);
});

await t.test('prints the newest events with --follow -n, then each new event exactly once', async (t) => {
  let followed = false;
  const following = read({ job: 'web', last: '1', follow: true }, 3).finally(() => (followed = true));
  // Events are appended until both followers have finished.
  while (!followed) await happened(exited(own));
  const { fromLog, fromServer } = await following;
  for (const events of [fromLog, fromServer])
    t.same(namesOf(events.slice(1)), ['node-n1 TaskExited', 'node-n1 TaskExited']);
  for (const events of [fromLog, fromServer])
    t.equal(new Set(events.map(({ position }) => position)).size, 3);
});

await t.test('shows the actor before the details of an event, and the reason first among them', async (t) => {
  const { fromLog } = await read({ job: 'web' });
  const lines = fromLog.map((event) => eventCells(event).join('  '));
  t.match(lines[4], /TaskExited {2}\S+ {2}message=out of memory exitCode=137 /);
  t.match(lines[6], /EvaluationBlocked .*2?.*group web: 1 not placed; 1 node evaluated; 1 node lacks cpu/);
  t.match(
    eventCells({
      position: '1',
      stream: 'job-a',
      revision: 0,
      id: 'i',
      type: 'JobStopped',
      at: '2026-01-01T00:00:00.000Z',
      data: { jobId: 'a' },
      metadata: { actor: 'user:7' },
    }).join('|'),
    '|JobStopped|account 7|jobId=a',
  );
  t.equal(
    eventCells({
      position: '1',
      stream: 'notes',
      revision: 0,
      id: 'i',
      type: 'Noted',
      at: '2026-01-01T00:00:00.000Z',
      data: null,
      metadata: null,
    })[5],
    '',
    'an event with null as its data has no details',
  );
});

const ID = '6a1f5c39-2d0b-5b58-9a0d-8c4a8e3f2b11';
const stoppedEvent: ShownEvent = {
  position: '1',
  stream: 'job-a',
  revision: 1,
  id: 'i',
  type: 'JobStopped',
  at: '2026-11-20T14:32:05.000Z',
  data: { jobId: 'a', evaluationId: 'e' },
  metadata: { $correlationId: 'c', $causationId: 'c', at: 1, v: 1, actor: `user:${ID}` },
};

await t.test('says what happened in a sentence, with names and local times on a terminal', async (t) => {
  const now = Date.parse(stoppedEvent.at) + 1000;
  const terminal = { ...WHOLE, width: 80, now };
  const at = new Date(stoppedEvent.at);
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  const username = (id: string): string | undefined => (id === ID ? 'dana' : undefined);
  t.same(eventSummary(stoppedEvent, CATALOG, terminal, username), [clock, 'dana', 'job a was stopped']);
  t.same(eventSummary(stoppedEvent, CATALOG, terminal), [clock, 'account 6a1f5c39', 'job a was stopped']);
  t.same(eventSummary(stoppedEvent, CATALOG, WHOLE), [stoppedEvent.at, `account ${ID}`, 'job a was stopped']);
  const wide = { ...terminal, width: undefined, localTimes: true };
  t.match(eventSummary(stoppedEvent, CATALOG, wide)[0], /^2026-11-20 \d\d:32:05 \S+$/, 'with date and zone');
  const [, time, , , who] = eventCells(stoppedEvent, wide, username);
  t.match(time, /^2026-11-20 \d\d:32:05 \S+$/);
  t.equal(who, 'dana');
  const host = (id: string): string | undefined => (id === ID ? 'vm-3' : undefined);
  const byNode = {
    ...stoppedEvent,
    type: 'NodeDrainEnded',
    data: { nodeId: ID },
    metadata: { ...(stoppedEvent.metadata as object), actor: `node:${ID}` },
  };
  t.same(eventSummary(byNode, CATALOG, terminal, undefined, host), [
    clock,
    'node vm-3',
    'the drain of node vm-3 ended',
  ]);
  t.match(eventSummary(byNode, CATALOG, WHOLE, undefined, host), [stoppedEvent.at, `node ${ID}`]);
  const [day] = eventSummary(stoppedEvent, CATALOG, { ...terminal, now: now + 200_000_000 });
  t.match(day, /^2026-11-2\d \d\d:32:05 \S+$/, 'with the date and the zone if it was another day');
  const { fromLog } = await read({ job: 'web' });
  t.match(eventSummary(fromLog[1]!, CATALOG, terminal)[2], 'slot web/0 of job web was placed on node n1');
  t.equal(
    eventSummary({ ...stoppedEvent, stream: 'notes', type: 'Noted', metadata: null }, CATALOG, WHOLE)[2],
    'Noted jobId=a evaluationId=e',
    'an event of another program has no sentence',
  );
});

await t.test('selects the events of an object, and names the nearest if there is none', async (t) => {
  const run = async (...args: string[]) => await muster(['events', '--address', address, ...args]);
  t.match((await run('--node', 'n1')).stdout, /node n1 registered\n[^]*started on node n1/);
  for (const [args, words] of [
    [['--type', 'JobStoped'], '--type JobStoped: no such event type; did you mean JobStopped?'],
    [['--job', 'wbe'], 'no such job: wbe; did you mean web?'],
    [['--node', 'n2'], 'no such node: n2'],
    [['--task', '77'], 'there are no events of task 77; is the id right?'],
    [['--run', '7'], '--run 7: must be TASK/RUN, such as 7/3'],
    [['--node', 'n1', '--job', 'web'], '--node and --job are mutually exclusive'],
  ] as const)
    t.match(await run(...args), { code: 1, stdout: '', stderr: words }, args.join(' '));
  t.match(
    await run('--job', 'web', '--since', '2199-01-01'),
    { code: 0, stdout: '' },
    'a time may have none',
  );
});

await t.test('fails with the id of the request if a response ends early', async (t) => {
  const broken = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-request-id': 'request-1' });
    response.write(
      '{"position":"1","stream":"job-a","revision":0,"id":"x","type":"JobSubmitted","at":"2026-11-20T08:00:00.000Z","data":{},"metadata":{}}\n',
      () => response.destroy(),
    );
  });
  await new Promise<void>((listens) => broken.listen(0, '127.0.0.1', listens));
  t.teardown(() => broken.close());
  const { port } = broken.address() as AddressInfo;
  const { code, stdout, stderr } = await muster([
    'events',
    '--address',
    `http://127.0.0.1:${port}`,
    '-o',
    'json',
  ]);
  t.equal(code, 1);
  t.match(stdout, /JobSubmitted/, 'the events received before the end are printed');
  t.equal(
    stderr.trim(),
    'the server ended its response early: the output is incomplete\nFor the reason, see request request-1 in the server log',
  );
});
