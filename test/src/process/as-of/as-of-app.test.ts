import { randomBytes } from 'node:crypto';
import pino from 'pino';
import t from 'tap';
import { EVENT_CATALOG, type MusterEvent } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openDecisions } from '#src/fleet/scheduler/index.js';
import { AsOfReadModels } from '#src/engine/read-models/index.js';
import { AsOfApp } from '#src/process/as-of/as-of-app.js';
import type { PastAnswer } from '#src/http/index.js';
import { FOLDS, readSettings } from '#src/process/index.js';
import { loadSurfaces } from '#src/process/surfaces/load.js';
import {
  deleted,
  exited,
  place,
  placed,
  registered,
  released,
  started,
} from '../../../projections/events.js';
import { aJob, openTestApi } from '../../http/support/test-api.js';

const { say, happened, caughtUp, models, store, identity } = await openTestApi(t);

const past = new AsOfReadModels({
  ...FOLDS,
  directory: t.testdirName,
  store,
  mostListed: 30,
});
const app = new AsOfApp({
  catalog: EVENT_CATALOG,
  models: past,
  store,
  decisions: openDecisions({ store, catalog: EVENT_CATALOG, clock: systemClock }),
  surfaces: await loadSurfaces(),
  settings: {
    host: '127.0.0.1',
    joinToken: undefined,
    testApiKey: undefined,
    surfaces: readSettings({}).surfaces,
  },
  keys: { root: identity.root, sealer: identity.sealer, jwtSecret: randomBytes(32) },
  logger: pino({ level: 'silent' }),
});
t.teardown(async () => {
  await app.close();
  past.close();
});

const timeOf = async (position: bigint): Promise<number> => {
  for await (const [event] of store.readAll({ from: position, inclusive: true, limit: 1 }))
    return event!.created;
  return 0;
};
const ask = async (url: string, position: bigint, method = 'GET'): Promise<PastAnswer> =>
  await app.answer({
    method,
    url,
    headers: {},
    caller: { principal: { kind: 'anonymous' }, isOperator: true },
    position,
    time: await timeOf(position),
  });

/** A node whose agent could be called now. */
function withEndpoint(event: ReturnType<typeof registered>): MusterEvent {
  return { ...event, data: { ...event.data, endpoint: 'http://127.0.0.1:9' } } as MusterEvent;
}

const URLS = [
  '/jobs',
  '/jobs/hello',
  '/jobs/hello/versions',
  '/jobs/hello/deployments',
  '/jobs/other',
  '/nodes',
  '/nodes/n1/allocations',
  '/templates',
  '/templates/t',
  '/console/api/jobs',
  '/console/api/jobs?sort=-id&filter=o',
  '/console/api/nodes',
  '/console/api/allocations',
  '/console/api/overview',
  '/audit/events',
  '/audit/events?job=hello&direction=backwards&limit=3',
];

interface Seen {
  readonly position: bigint;
  readonly bodies: ReadonlyMap<string, { readonly status: number; readonly body: string }>;
}

async function look(): Promise<Seen> {
  const bodies = new Map<string, { status: number; body: string }>();
  for (const url of URLS) {
    const { status, body } = await say('GET', url);
    bodies.set(url, { status, body });
  }
  return { position: models.position(), bodies };
}

/** Responses as of the past have the position in a header, so that bodies are the same over a range of positions. */
function withoutPosition(body: string): string {
  return body.replace(/"position":(?:"\d+"|null),/, '').replace(/^(\{)"at":(?:"[^"]*"|null),/, '$1');
}

const seen: Seen[] = [];
const hello = place('a', 'hello', 0);
for (const step of [
  () => say('POST', '/jobs', aJob({ job_id: 'hello' })),
  () => happened(withEndpoint(registered('n1'))),
  () => happened(placed(hello), started(hello)),
  () => say('POST', '/templates', { template_id: 't', name: 'T', tasks: [] }),
  () => say('PUT', '/jobs/hello', aJob({})),
  () => happened(exited(hello), released(hello, 'failed')),
  () => say('POST', '/jobs', aJob({ job_id: 'other' })),
  () => say('DELETE', '/jobs/hello'),
  () => happened(deleted('other')),
  () => say('POST', '/jobs', aJob({ job_id: 'other' })),
]) {
  await step();
  seen.push(await look());
}

void t.test('returns the same response as at the time, for every position', async (t) => {
  for (const { position, bodies } of seen)
    for (const [url, { status, body }] of bodies) {
      const answer = await ask(url, position);
      t.equal(answer.status, status, `${url} as of ${position}: ${answer.body.toString()}`);
      const shown = url.startsWith('/console') ? withoutPosition : String;
      t.equal(shown(answer.body.toString()), shown(body), `${url} as of ${position}`);
    }
});

void t.test('returns the same response for the whole range of positions that it reports', async (t) => {
  const head = seen.at(-1)!.position;
  for (const { position, bodies } of seen)
    for (const url of bodies.keys()) {
      const { from, until, body } = await ask(url, position);
      t.ok(
        from <= position && (until === undefined || until > position),
        `${url} ${from} ${position} ${until}`,
      );
      t.equal(
        (await ask(url, from === 0n ? position : from)).body.toString(),
        body.toString(),
        `${url} from ${from}`,
      );
      const last = until === undefined ? head : until - 1n;
      t.equal((await ask(url, last)).body.toString(), body.toString(), `${url} until ${until}`);
    }
});

void t.test(
  'refuses a request for unrecorded data or lists missing fields, and changes nothing',
  async (t) => {
    const { position } = seen[3]!;
    const logs = await ask('/jobs/hello/allocations/a/logs', position);
    t.equal(logs.status, 409, logs.body.toString());
    t.strictSame((await ask('/nodes', position)).lacks, ['last_heartbeat']);
    const before = await store.head();
    const change = await app.answer({
      method: 'DELETE',
      url: '/jobs/hello',
      headers: {},
      caller: { principal: { kind: 'anonymous' }, isOperator: true },
      position,
      time: 0,
    });
    t.equal(change.status, 409, change.body.toString());
    t.equal(await store.head(), before);
  },
);

void t.test('refuses a list that is too long to fold, before folding it', async (t) => {
  for (let number = 0; number < 31; number += 1)
    await say('POST', '/jobs', aJob({ job_id: `many-${number}` }));
  await caughtUp();
  const head = (await store.head())!;
  const answer = await ask('/jobs', head);
  t.equal(answer.status, 400, answer.body.toString().slice(0, 100));
  t.match(answer.body.toString(), /more than 30 documents/);
  const few = await ask('/jobs?limit=5', head);
  t.equal(few.status, 200, 'a limit makes the list short enough');
  const { jobs } = JSON.parse(few.body.toString()) as {
    readonly jobs: readonly { readonly job_id: string }[];
  };
  t.equal(jobs.length, 5);
  const next = await ask(`/jobs?limit=200&after=${jobs.at(-1)?.job_id ?? ''}`, head);
  t.notOk(
    next.body.toString().includes(`"job_id":"${jobs[0]?.job_id ?? ''}"`),
    'a page starts after the previous one',
  );
  t.match(next.body.toString(), /"job_id":"many-20"/);
});
