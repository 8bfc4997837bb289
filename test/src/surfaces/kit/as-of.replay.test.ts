import t from 'tap';
import type { RouteAccess } from '#src/surfaces/kit/access/table.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { collectAccess } from '../../../generated/authorization.js';
import { exited, place, released } from '../../../projections/events.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';

t.setTimeout(300_000 * PATIENCE);

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { create, made, ids, pathOf, headersOf, cookie } = await everyObject(api);

/** Fields of the response itself, and those that are not recorded, or depend on the time of the request. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'timestamp',
  'at',
  'position',
  'last_heartbeat',
  'last_seen',
  'uptime_seconds',
]);

/** A response without its own fields. */
function essence(body: string): string {
  try {
    return JSON.stringify(
      JSON.parse(body, (key, value: unknown) => (OWN_FIELDS.has(key) ? undefined : value)),
    );
  } catch {
    return body;
  }
}

interface Seen {
  readonly position: bigint;
  readonly answers: ReadonlyMap<
    string,
    { readonly path: string; readonly status: number; readonly body: string }
  >;
}

const gets = new Map(routes.filter(({ method }) => method === 'GET').map((route) => [route.url, route]));

const asOf = (position: bigint) => ({ 'x-muster-as-of': String(position) });

async function look(): Promise<Seen> {
  await api.caughtUp();
  const position = api.models.position();
  const answers = new Map<string, { path: string; status: number; body: string }>();
  for (const { url, policy } of gets.values()) {
    const [path, headers] = [pathOf(url), headersOf(policy)];
    // The page on history lists the routes that have no past, and a test compares it. Some of them follow what happens, without an end.
    const { status } = await api.say('GET', path, undefined, { ...headers, ...asOf(position) });
    if (status !== 200 && status !== 404) continue;
    const now = await api.say('GET', path, undefined, headers);
    answers.set(url, { path, status: now.status, body: essence(now.body) });
  }
  return { position, answers };
}

void t.test('each GET as of an earlier moment returns what it returned then, on every surface', async (t) => {
  const seen: Seen[] = [];
  const step = async (): Promise<void> => void seen.push(await look());
  await create(step);
  const more: readonly (() => Promise<unknown>)[] = [
    () => made('PUT', '/api/tasks/1', { name: 'backup-2', schedule: '0 4 1 1 *' }),
    () => made('DELETE', `/api/gpu-claims/${ids['/api/gpu-claims']}`),
    () => api.happened(exited(place('al', 'hello')), released(place('al', 'hello'), 'failed')),
    () => made('POST', '/api/auth/register', { username: 'ann', password: 'password123' }),
    () => made('POST', `/api/v1/services/${ids['/api/v1/services']}/stop`, {}),
    () => made('DELETE', '/api/secrets/password'),
    () => made('DELETE', '/api/conda/environment/data', undefined, cookie),
    () => made('DELETE', '/api/tasks/1'),
    () => made('DELETE', '/jobs/hello'),
  ];
  for (const change of more) {
    await change();
    await step();
  }
  const told = new Map<string, number>();
  const wrong: string[] = [];
  for (const { position, answers } of seen)
    for (const [url, { path, status, body }] of answers) {
      const headers = { ...headersOf(gets.get(url)?.policy), ...asOf(position) };
      const past = await api.say('GET', path, undefined, headers);
      told.set(url, (told.get(url) ?? 0) + 1);
      if (
        past.status !== status ||
        (past.headers['x-muster-as-of-lacks'] === undefined && essence(past.body) !== body)
      )
        wrong.push(`${path} as of ${position}: ${past.status} ${essence(past.body)}, not ${status} ${body}`);
    }
  t.same(wrong.slice(0, 5), [], `${wrong.length} answers differ`);
  for (const surface of [
    '/jobs',
    '/api/tasks',
    '/api/gpu-claims',
    '/api/v1/services',
    '/api/conda/environments',
    '/api/auth/users',
  ])
    t.ok((told.get(surface) ?? 0) > 15, `${surface} was asked ${told.get(surface)} times`);
});
