import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { AUTHORIZATION_FILE } from '../../../generated/authorization.js';
import { openTestApi } from '../support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(120_000 * PATIENCE);

const PASSWORD = 'password123';
const JOIN = 'a-join-token-of-some-length';
const NODE = 'node-of-the-test';

const api = await openTestApi(t, { settings: { testApiKey: 'test-key', joinToken: JOIN, host: '0.0.0.0' } });
const user = await api.identity.registrations.register(
  { username: 'user', password: PASSWORD, role: 'user' },
  commandContext(),
);
await api.identity.registrations.register(
  { username: 'tenant-admin', password: PASSWORD, role: 'tenant_admin', tenantId: user.tenantId },
  commandContext(),
);
await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
const rootId = (await api.identity.users.idOf('root')) ?? '';
const narrow = await api.identity.apiKeys.issue(
  rootId,
  { name: 'narrow', scopes: ['nothing'] },
  commandContext(),
);

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}
interface Operation {
  readonly method: string;
  readonly path: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly headers?: Readonly<Record<string, unknown>> }>>;
}

async function documented(): Promise<readonly Operation[]> {
  const { documents } = (await api.say('GET', '/')).json() as {
    documents: readonly { readonly url: string }[];
  };
  const all = await Promise.all(
    documents.map(
      async ({ url }) =>
        (await api.say('GET', url)).json() as {
          openapi?: string;
          info: { title: string };
          paths: Record<string, Record<string, Operation>>;
        },
    ),
  );
  return all
    .filter(({ openapi, info }) => openapi !== undefined && !/node agent/.test(info.title))
    .flatMap(({ paths }) =>
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, each]) => ({
          ...each,
          parameters: each.parameters ?? [],
          method: method.toUpperCase(),
          path,
        })),
      ),
    );
}

/** Returns the table's results by route and caller. A cell can have three: the last one is for an absent object. */
async function table(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const rows = (await readFile(AUTHORIZATION_FILE, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  const [head = [], , ...routes] = rows;
  return new Map(
    routes.map(([route = '', ...cells]) => [
      route.replaceAll('`', '').replace(/:([a-z_]+)/g, '{$1}'),
      new Map(cells.map((cell, index) => [head[index + 1] ?? '', cell.split(' / ').at(-1) ?? ''])),
    ]),
  );
}

const tokens = new Map<string, string>();
/** Returns the token of a valid session, because an earlier call may have ended the last one. */
async function sessionOf(username: string): Promise<string> {
  const known = tokens.get(username);
  if (
    known !== undefined &&
    (await api.say('GET', '/api/auth/me', undefined, { authorization: `Bearer ${known}` })).status === 200
  )
    return known;
  const { token } = (await api.say('POST', '/api/auth/login', { username, password: PASSWORD })).json() as {
    token: string;
  };
  tokens.set(username, token);
  return token;
}

/** Logs in and returns the session cookie of an account. */
async function cookieOf(username: string): Promise<string> {
  return cookieIn((await api.say('POST', '/login', { username, password: PASSWORD })).headers);
}

const takesCookie = (security: Operation['security']): boolean =>
  security.length > 0 && security.every((each) => 'cookie' in each);

/** Eight callers with their columns of the table. */
const CREDENTIALS: readonly (readonly [
  name: string,
  column: string,
  bearer: () => string | undefined | Promise<string>,
  username?: string,
])[] = [
  ['nothing', 'nobody', () => undefined],
  [
    'a wrong token',
    'wrong token',
    () => 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJyb290In0.c2lnbmF0dXJl',
  ],
  ['the join token', 'node', () => JOIN],
  ["a node's secret", 'node', async () => await api.nodes.secretOf(NODE)],
  ["a user's token", 'user', () => sessionOf('user'), 'user'],
  ["a tenant administrator's token", 'tenant admin', () => sessionOf('tenant-admin'), 'tenant-admin'],
  ["an administrator's token", 'admin', () => sessionOf('root'), 'root'],
  ['an API key for another surface', 'other key', () => narrow.apiKey],
];

const absent = (path: string): string =>
  path
    .replace('{node_id}', NODE)
    .replace('{host}', 'registry.example')
    .replace(/\{[a-z_]+\}/g, '00000000-0000-4000-8000-000000000000');
const bodyOf = ({ method, requestBody }: Pick<Operation, 'method' | 'requestBody'>): object | undefined =>
  method === 'POST' || method === 'PUT' || requestBody !== undefined ? {} : undefined;

const operations = await documented();

/** Routes that stream for a long time without a limit. */
const STREAMS: ReadonlySet<string> = new Set(['/audit/events', '/console/api/changes']);

void t.test(
  'off loopback, every documented route treats eight credentials as the table and its document specify',
  async (t) => {
    const rows = await table();
    for (const operation of operations) {
      const { method, path, security, responses } = operation;
      // Another surface serves the path with an `Authorization` header.
      const shared = takesCookie(security) && path.startsWith('/api/tasks');
      const row = rows.get(`${method} ${path}${shared ? ' without Authorization' : ''}`);
      t.ok(row, `${AUTHORIZATION_FILE} has ${method} ${path}`);
      t.equal(
        security.length === 0,
        row?.get('nobody') === 'in',
        `${method} ${path}: the document requires credentials exactly if the table does`,
      );
      for (const [name, column, bearer, username] of CREDENTIALS) {
        const token = await bearer();
        const byCookie =
          username !== undefined && takesCookie(security) ? await cookieOf(username) : undefined;
        if (shared && byCookie === undefined && token !== undefined) continue;
        // A node may act only for itself.
        const asked = name === "a node's secret" ? path.replace('{worker_id}', NODE) : path;
        const { status, headers } = await api.say(
          method,
          absent(asked) + (STREAMS.has(path) ? '?limit=1' : ''),
          bodyOf(operation),
          byCookie !== undefined
            ? { cookie: byCookie }
            : token === undefined
              ? {}
              : { authorization: `Bearer ${token}` },
        );
        const wanted = row?.get(column);
        const at = `${method} ${path} with ${name}: ${status}`;
        if (wanted === 'in') t.notMatch(String(status), /^40[13]$/, at);
        // Only those with access learn whether an object exists.
        else
          t.ok(
            String(status) === wanted || (wanted === '404' && status === 400),
            `${at}, not ${String(wanted)}`,
          );
        t.ok(responses[String(status)], `${at} is documented`);
        if (status >= 400)
          t.ok(
            headers['x-muster-error'] !== undefined && responses[String(status)]?.headers?.['X-Muster-Error'],
            `${at} has an error code`,
          );
      }
      // After the use of its secret the join token is invalid until the secret is revoked.
      await api.nodes.revoke(NODE, commandContext());
    }
    t.ok(operations.length >= 52, `${operations.length} operations`);
  },
);

void t.test('documents declare only known combinations of security scheme, role and scope', async (t) => {
  const named = new Set(operations.flatMap(({ security }) => security.map((each) => JSON.stringify(each))));
  t.same([...named].sort(), [
    '{"apiKey":["role:admin","scope:audit"]}',
    '{"apiKey":["role:admin","scope:cluster"]}',
    '{"apiKey":["scope:audit"]}',
    '{"apiKey":["scope:cluster:execute"]}',
    '{"apiKey":["scope:console"]}',
    '{"bearer":["role:admin","scope:*"]}',
    '{"bearer":["role:admin","scope:audit"]}',
    '{"bearer":["role:admin","scope:cluster"]}',
    '{"bearer":["role:admin","scope:gpu"]}',
    '{"bearer":["role:admin","scope:services"]}',
    '{"bearer":["role:admin","scope:tasks:read"]}',
    '{"bearer":["role:admin","scope:tasks:worker"]}',
    '{"bearer":["role:admin","scope:tasks:write"]}',
    '{"bearer":["scope:audit"]}',
    '{"bearer":["scope:cluster:execute"]}',
    '{"bearer":["scope:conda"]}',
    '{"bearer":["scope:console"]}',
    '{"bearer":["scope:gpu"]}',
    '{"bearer":["scope:services"]}',
    '{"bearer":["scope:tasks:read"]}',
    '{"bearer":["scope:tasks:trigger"]}',
    '{"bearer":["scope:tasks:write"]}',
    '{"console":[]}',
    '{"cookie":["role:admin"]}',
    '{"cookie":[]}',
    '{"joinToken":[]}',
    '{"testApiKey":[]}',
  ]);
});

async function enough(security: Operation['security']): Promise<Record<string, string>> {
  const [scheme = ''] = security.flatMap((each) => Object.keys(each));
  if (scheme === 'cookie') return { cookie: await cookieOf('root') };
  if (scheme === 'joinToken') return { authorization: `Bearer ${JOIN}` };
  return scheme === 'testApiKey'
    ? { 'x-api-key': 'test-key' }
    : { authorization: `Bearer ${await sessionOf('root')}` };
}

void t.test(
  'an invalid header is refused with 400 by every operation that documents it, and ignored by the others',
  async (t) => {
    for (const operation of operations) {
      const { method, path, security, parameters, responses } = operation;
      for (const [header, bad] of [
        ['Idempotency-Key', 'k\u00e9y'],
        ['X-Muster-Min-Position', '-1'],
        ['Last-Event-ID', 'x'],
      ] as const) {
        const takes = parameters.some((each) => each.in === 'header' && each.name === header);
        const limited = absent(path) + (STREAMS.has(path) ? '?limit=1' : '');
        const said = await api.say(method, limited, bodyOf(operation), {
          ...(await enough(security)),
          [header]: bad,
        });
        const refused = said.status === 400 && said.body.includes(header);
        // Positions are checked only for valid paths, bodies and queries.
        const asked =
          path.includes('{position}') ||
          bodyOf(operation) !== undefined ||
          parameters.some((each) => each.in === 'query' && each.required === true);
        const earlier = header !== 'Idempotency-Key' && asked && said.status === 400;
        t.ok(
          takes ? refused || earlier : !refused,
          `${method} ${path} with a bad ${header}: ${said.status} ${said.body}`,
        );
        if (takes) t.ok(responses['400'], `${method} ${path} documents 400`);
      }
    }
  },
);

void t.test('an operation with a schema of its path, query or body documents 400', async (t) => {
  const undocumented = (await documented())
    .filter(({ parameters, requestBody }) => parameters.length > 0 || requestBody !== undefined)
    .filter(({ responses }) => responses['400'] === undefined);
  t.same(
    undocumented.map(({ method, path }) => `${method} ${path}`),
    [],
  );
});
