import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import type { RouteAccess } from '#src/http/access/table.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { collectAccess } from '../../generated/authorization.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';

t.setTimeout(120_000 * PATIENCE);

const PAGE = 'docs/history.md';
const [BEGIN, END] = ['<!-- routes: MUSTER_TEST_WRITE_AS_OF=1 -->\n', '<!-- end of the routes -->'];

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { create, pathOf, headersOf } = await everyObject(api);
await create();
const { position } = (await api.events()).at(-1)!;

interface Asked {
  readonly url: string;
  readonly status: number;
  /** Text of the page's row about the route. */
  readonly told: string;
  /** Fields that differ from the present response. */
  readonly differs: readonly string[];
}

async function ask({ url, policy }: RouteAccess): Promise<Asked> {
  const path = pathOf(url);
  const headers = headersOf(policy);
  const then = await api.say('GET', path, undefined, { ...headers, 'x-muster-as-of': String(position) });
  const { status, body } = then;
  // If no object has the id now either, the 404 is the correct response of the past.
  if (status === 404 && (await api.say('GET', path, undefined, headers)).status === 404)
    return { url, status: 200, told: 'as it was', differs: [] };
  if (status !== 200) {
    const why =
      /"(?:as_of: |Invalid input data: as_of: )?([^"]*(?:is not recorded|own parameters)[^"]*)"/.exec(
        body,
      )?.[1];
    return {
      url,
      status,
      told: `${status}${why === undefined ? '' : `: ${why.replace(', so its past is unknown', '')}`}`,
      differs: [],
    };
  }
  const lacks = String(then.headers['x-muster-as-of-lacks'] ?? '');
  const now = await api.say('GET', path, undefined, headers);
  return {
    url,
    status,
    told: lacks === '' ? 'as it was' : `as it was; not recorded: \`${lacks}\``,
    differs: differing(parsed(body), parsed(now.body)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Names of the fields that are not the same in both, at any depth. */
function differing(one: unknown, other: unknown, field = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other ? [] : [field];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const of = (value: object, name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
  return [...names].flatMap((name) =>
    differing(of(one, name), of(other, name), /^\d+$/.test(name) ? field : name),
  );
}

/** Times of the response itself, and fields that the header names. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['', 'timestamp', 'at', 'position', 'last_heartbeat']);

void t.test('the page lists what each GET route returns as of a moment', async (t) => {
  const asked: Asked[] = [];
  const seen = new Set<string>();
  for (const route of routes) {
    // Two surfaces have some paths in common; those requests reach the first one.
    if (route.method !== 'GET' || seen.has(route.url)) continue;
    seen.add(route.url);
    asked.push(await ask(route));
  }
  for (const { url, status, told, differs } of asked) {
    t.ok([200, 400, 401, 409].includes(status), `${url}: ${told}`);
    t.same(
      differs.filter((field) => !OWN_FIELDS.has(field)),
      [],
      `${url} as of the newest event equals the present response`,
    );
  }
  const rows = asked
    .filter(({ told }) => !/^40[01]$/.test(told))
    .map(({ url, told }) => `| \`${url}\` | ${told} |`);
  const table = ['| GET | as of a moment |', '| --- | --- |', ...rows, ''].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [written, after = ''] = rest.split(END);
  if (process.env['MUSTER_TEST_WRITE_AS_OF'] === '1')
    writeFileSync(PAGE, `${before}${BEGIN}${table}${END}${after}`);
  else t.equal(written, table, 'the table of the page is current; MUSTER_TEST_WRITE_AS_OF=1 writes it');
});
