import { readFile } from 'node:fs/promises';
import t from 'tap';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}
interface Operation {
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Route {
  readonly method: string;
  readonly path: string;
  request?: unknown;
  token: boolean;
  readonly answers: Map<string, unknown>;
}

const document = JSON.parse(await readFile('openapi/gpu.json', 'utf8')) as Document;
const contract = await readFile('test/fixtures/seed/gpu.md', 'utf8');
const routes = routesOf(contract);

/** In the contract, headings name routes, codes in backticks are statuses, and a block belongs to the text before it. */
function routesOf(text: string): readonly Route[] {
  const found: Route[] = [];
  let block: string[] | undefined;
  let status = '';
  let sectionToken = false;
  for (const line of text.split('\n')) {
    const route = found.at(-1);
    if (block !== undefined) {
      if (!line.trim().startsWith('```')) block.push(line);
      else {
        const value: unknown = JSON.parse(
          block.join('\n').replaceAll('[ ... ]', '[]').replaceAll('{ ... }', '{}'),
        );
        if (status === '' && route !== undefined) route.request = value;
        else route?.answers.set(status, value);
        block = undefined;
      }
      continue;
    }
    const heading = /^##### \*\*[\d.]+ `([A-Z]+) (\S+)`\*\*/.exec(line);
    const answer = /^\s*\*\s+`(\d{3}) /.exec(line);
    if (line.trim().startsWith('```json')) block = [];
    else if (line.startsWith('#### ')) sectionToken = false;
    else if (heading !== null) {
      found.push({
        method: (heading[1] ?? '').toLowerCase(),
        path: (heading[2] ?? '').replace(/:(\w+)/g, '{$1}'),
        token: sectionToken,
        answers: new Map(),
      });
      status = '';
    } else if (/认证\*\*: 需要 Bearer Token/.test(line)) {
      if (line.startsWith('**')) sectionToken = true;
      else if (route !== undefined) route.token = true;
    } else if (answer !== null) {
      status = answer[1] ?? '';
      route?.answers.set(status, undefined);
    }
  }
  return found;
}

void t.test('finds every route and example of the contract', async (t) => {
  t.same(
    routes.map(({ method, path }) => `${method} ${path}`),
    [
      'post /api/auth/register',
      'post /api/auth/login',
      'post /api/nodes/register',
      'get /api/nodes/{id}/status',
      'post /api/gpu-claims',
    ],
  );
  t.equal(
    [...contract.matchAll(/```json/g)].length,
    routes.reduce(
      (sum, { request, answers }) =>
        sum +
        Number(request !== undefined) +
        [...answers.values()].filter((value) => value !== undefined).length,
      0,
    ),
  );
  t.same(
    routes.map(({ token }) => token),
    [false, false, false, true, true],
  );
});

for (const { method, path, request, token, answers } of routes) {
  void t.test(`documents ${method} ${path} as in the contract`, async (t) => {
    const operation = document.paths[path]?.[method];
    if (operation === undefined) {
      t.fail('there is no such route');
      return;
    }
    t.equal(
      operation.security !== undefined && operation.security.length > 0,
      token,
      'a token is required exactly where the contract requires one',
    );
    for (const [status, value] of answers) {
      const answer = operation.responses[status];
      if (!t.ok(answer, `status ${status}`) || value === undefined) continue;
      fits(t, value, answer?.content?.['application/json']?.schema, `${status}`);
    }
    if (request !== undefined)
      fits(t, request, operation.requestBody?.content['application/json']?.schema, 'body');
  });
}

/** Checks that every key of the example is in the schema, and required keys of the schema are in the example. */
function fits(t: import('tap').Test, value: unknown, given: Schema | undefined, at: string): void {
  const schema =
    given?.$ref === undefined ? given : document.components.schemas[given.$ref.split('/').at(-1) ?? ''];
  if (schema === undefined) {
    t.fail(`${at}: is not documented`);
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (schema.type !== undefined && !/^(number|string)$/.test(String(value)))
      t.equal(schema.type.replace('integer', 'number'), Array.isArray(value) ? 'array' : typeof value, at);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (t.ok(Object.hasOwn(schema.properties ?? {}, key), `${at}.${key}`))
      fits(t, inner, schema.properties?.[key], `${at}.${key}`);
  }
  if (at.startsWith('202') || at.startsWith('body'))
    t.same(
      Object.keys(value).sort(),
      [...(schema.required ?? [])].sort(),
      `${at}: the example has exactly the required keys`,
    );
}
