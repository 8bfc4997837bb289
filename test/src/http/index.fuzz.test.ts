import t from 'tap';
import fc from 'fast-check';
import { aJob, openTestApi, type Said } from './support/test-api.js';

const { say } = await openTestApi(t);
await say('POST', '/jobs', aJob({ job_id: 'a' }));
await say('POST', '/register', { node_id: 'n', ip_address: '10.0.0.1', resources: { cpu: 1, memory: 1 } });

/** Checks that the status is below 500, and that the body is JSON, with exactly `{"error": …}` for an error. */
function isOurs(answer: Said): boolean {
  if (answer.status >= 500) return false;
  const body = JSON.parse(answer.body) as object;
  if (answer.status < 400) return true;
  return (
    Object.keys(body).length === 1 &&
    typeof (body as { error?: unknown }).error === 'string' &&
    answer.body.length < 2000
  );
}

const ROUTES = [
  ['POST', '/jobs'],
  ['PUT', '/jobs/a'],
  ['POST', '/register'],
  ['POST', '/heartbeat'],
  ['POST', '/templates'],
  ['PUT', '/templates/x'],
  ['POST', '/nodes/n/drain'],
  ['POST', '/nodes/n/eligibility'],
  ['POST', '/nodes/n/down'],
  ['POST', '/jobs/a/restart'],
  ['DELETE', '/jobs/a'],
] as const;
const route = fc.constantFrom(...ROUTES);

/** Bodies that are partly valid: known keys with arbitrary values. */
const KEYS = [
  'task_groups',
  'tasks',
  'name',
  'config',
  'image',
  'command',
  'port',
  'resources',
  'cpu',
  'memory',
  'constraints',
  'attribute',
  'operator',
  'value',
  'count',
  'restart',
  'node_id',
  'ip_address',
  'healthy',
  'endpoint',
  'allocations',
  'status',
  'enable',
  'eligible',
  'job_id',
  '__proto__x',
  'constructor',
];
const body = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('web', 'regex', '(a+)+$', -1, 1.5, 1e308, '', 'n', true),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 6 }),
})).object;

void t.test('responds to any JSON body without a server error', async (t) => {
  await fc.assert(
    fc.asyncProperty(route, fc.oneof(body, fc.jsonValue()), async ([method, url], payload) =>
      isOurs(await say(method, url, JSON.stringify(payload), { 'content-type': 'application/json' })),
    ),
    { numRuns: 500 },
  );
  t.pass();
});

void t.test('responds to any text as a body without a server error', async (t) => {
  await fc.assert(
    fc.asyncProperty(route, fc.string({ unit: 'binary', maxLength: 200 }), async ([method, url], text) =>
      isOurs(await say(method, url, text, { 'content-type': 'application/json' })),
    ),
    { numRuns: 200 },
  );
  t.pass();
});

void t.test('responds to any path and query without a server error', async (t) => {
  const prefix = fc.constantFrom(
    '/jobs/',
    '/nodes/',
    '/templates/',
    '/evaluations/',
    '/jobs/a/allocations/',
    '/audit/events?',
    '/jobs?',
    '/nodes?limit=',
    '/audit/events?stream=',
    '/',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
      prefix,
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      async (method, start, rest) => {
        const answer = await say(method, start + encodeURI(rest));
        if (/ndjson|event-stream|html/.test(String(answer.headers['content-type'])))
          return answer.status === 200;
        return isOurs(answer);
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
});
