import { randomUUID } from 'node:crypto';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { PublishedSchemas, type DocumentedApi } from '../../fixtures/documented.js';
import { openTestApi } from './support/test-api.js';

const PASSWORD = 'password123';
const MANY = 1_000_000;
const api = await openTestApi(
  t,
  { settings: { testApiKey: 'test-key', joinToken: 'a-join-token-of-some-length', host: '0.0.0.0' } },
  undefined,
  {
    registrationsPerMinute: MANY,
    loginsPerMinute: MANY,
    loginFailures: MANY,
  },
);
await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });

type Headers = Readonly<Record<string, string>>;

const schemas = new PublishedSchemas();

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });
const login = { username: 'root', password: PASSWORD };
const byToken = async (): Promise<Headers> =>
  bearer(((await api.say('POST', '/api/auth/login', login)).json() as { token: string }).token);
const byCookie = async (): Promise<Headers> => {
  const { headers } = await api.say('POST', '/login', login);
  return { cookie: String(headers['set-cookie']).split(';')[0]! };
};

/** Without `Authorization`, these paths belong to conda and return its 401, as the description of tasks documents. */
const ANSWERED_BY_CONDA = /^\/api\/tasks\b/;
const LOGGED_OUT =
  '{"success":false,"message":"Authentication required","error":"Please log in to perform this operation"}';

/** Valid credentials and wrong ones of the same kind. */
const TOKEN = { wrong: bearer('x'), right: byToken };
const COOKIE = { wrong: { cookie: 'session=x' }, right: byCookie };
const CALLERS = { cluster: TOKEN, audit: TOKEN, gpu: TOKEN, tasks: TOKEN, services: TOKEN, conda: COOKIE };

for (const [name, { wrong, right }] of Object.entries(CALLERS)) {
  const document = (await api.say('GET', `/openapi/${name}.json`)).json() as DocumentedApi;
  schemas.add(name, document);

  void t.test(
    `${name}: every response matches its document, with and without valid credentials`,
    async (t) => {
      const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
      );
      // Calls that end the caller's session come last.
      operations.sort((a, b) => Number(a.path.includes('logout')) - Number(b.path.includes('logout')));
      const differing: string[] = [];
      const statuses = new Map<number, number>();
      for (const [who, headers] of [
        ['nobody', {}],
        ['wrong', wrong],
        ['administrator', await right()],
      ] as const) {
        for (const { path, method, operation } of operations) {
          // None of these exists: a number, a UUID and a very long name.
          for (const absent of ['424242', 'f0000000-0000-4000-8000-000000000000', 'a'.repeat(300)]) {
            const url = path.replace(/\{[A-Za-z_]+\}/g, absent);
            if (url === path && absent !== '424242') continue;
            for (const body of method === 'get' ? [undefined] : [undefined, {}]) {
              const said = await api.say(method.toUpperCase(), url, body, headers, '192.0.2.7');
              statuses.set(said.status, (statuses.get(said.status) ?? 0) + 1);
              if (name === 'tasks' && who === 'nobody' && ANSWERED_BY_CONDA.test(path)) {
                if (said.status !== 401 || said.body !== LOGGED_OUT)
                  differing.push(`${method} ${url}: ${said.body}`);
                continue;
              }
              const difference = schemas.difference(name, path, method, operation, said);
              if (difference !== undefined)
                differing.push(
                  `${who}: ${method.toUpperCase()} ${url.slice(0, 80)}: ${said.status} ${said.body.slice(0, 200)}: ${difference}`,
                );
            }
          }
        }
      }
      t.same(differing, []);
      t.ok((statuses.get(401) ?? 0) >= operations.length - 5, 'most operations require credentials');
      t.ok((statuses.get(200) ?? 0) > 0, 'some requests were accepted');
    },
  );
}
