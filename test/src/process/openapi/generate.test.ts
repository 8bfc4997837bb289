import t from 'tap';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { buildApi, type ApiParts } from '#agents/api/api.js';
import { emptySchemas } from './empty-schemas.js';
import { generateOpenapi } from '#src/process/openapi/generate.js';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

const files = await generateOpenapi();
const operations = Object.entries(files).flatMap(([file, text]) => {
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ file, path, method, operation })),
  );
});

void t.test('generates the committed documents from the routes', async (t) => {
  t.same(
    (await readdir('openapi')).filter((name) => name.endsWith('.json') && name !== 'asyncapi.json').sort(),
    Object.keys(files).sort(),
  );
  for (const [name, text] of Object.entries(files)) {
    t.ok(
      (await readFile(`openapi/${name}`, 'utf8')) === text,
      `openapi/${name} is up to date (if not, run npm run openapi)`,
    );
  }
  t.same(await generateOpenapi(), files, 'the output is the same each time');
});

void t.test('gives every operation an id, a tag, a description and error responses', async (t) => {
  const ids = operations.map(({ operation }) => operation.operationId);
  t.equal(new Set(ids).size, ids.length);
  for (const { file, path, method, operation } of operations) {
    const at = `${method} ${path}`;
    t.match(operation.operationId, new RegExp(`^${file.replace('.json', '')}_[a-z][A-Za-z]+$`), at);
    t.equal(operation.tags.length, 1, at);
    t.ok(operation.summary && operation.description, at);
    t.ok(
      [200, 201, 202, 204].some((status) => operation.responses[String(status)]) &&
        operation.responses['500'] &&
        operation.responses['503'],
      at,
    );
    t.notMatch(JSON.stringify(operation.responses), /Default Response/, at);
  }
});

void t.test("documents common errors in the surface's shape, with the message field", async (t) => {
  for (const { method, path, operation } of operations)
    for (const status of ['421', '429', '503'])
      if (operation.responses[status] === undefined) t.fail(`${method} ${path} does not document ${status}`);
  for (const [file, text] of Object.entries(files)) {
    const { paths, components } = JSON.parse(text) as {
      paths: object;
      components: { schemas: Record<string, { properties?: Record<string, object> }> };
    };
    const named = [
      ...JSON.stringify(paths).matchAll(
        /"[45]\d\d":\{"description":"[^"]*","content":\{"application\/json":\{"schema":\{"\$ref":"#\/components\/schemas\/(\w+)"/g,
      ),
    ];
    const shapes = new Set(named.map(([, name = '']) => name));
    t.ok(shapes.size > 0, file);
    for (const name of shapes) {
      const messages = Object.values(components.schemas[name]?.properties ?? {}).filter(
        (each) => 'x-ms-primary-error-message' in each,
      );
      t.equal(messages.length, 1, `${file}: ${name}`);
    }
  }
});

void t.test('requires only the common fields in the 401 response of the tasks surface', async (t) => {
  const { components, paths } = JSON.parse(files['tasks.json'] ?? '') as {
    components: { schemas: Record<string, { required: string[]; properties: object }> };
    paths: Record<string, Record<string, { responses: Record<string, { content: object }> }>>;
  };
  t.match(paths['/api/tasks']?.['get']?.responses['401']?.content, {
    'application/json': { schema: { $ref: '#/components/schemas/Unauthorized' } },
  });
  t.same(components.schemas['Unauthorized']?.required, ['success', 'message']);
  t.same(Object.keys(components.schemas['Unauthorized']?.properties ?? {}).sort(), [
    'data',
    'error',
    'message',
    'success',
    'timestamp',
  ]);
});

void t.test('documents only routes that the agent serves', async (t) => {
  const agent = buildApi({ queries: { operations: {} } } as ApiParts);
  await agent.ready();
  for (const { path, method } of operations.filter(({ file }) => file === 'agent.json')) {
    const url = path.replace('{allocation_id}', ':id');
    t.ok(agent.hasRoute({ method: method.toUpperCase() as 'GET', url }), `${method} ${path}`);
  }
  await agent.close();
});

void t.test('has no empty schema, and finds a planted one', async (t) => {
  // An object of any kind, and the value in a JSON Patch (RFC 6902), may be any JSON. JobSubmission describes a parsed job.
  const anything = {
    'cluster.json': ['/components/schemas/ParsedJob/additionalProperties'],
    'audit.json': [
      '/components/schemas/ObjectDocument/additionalProperties',
      '/components/schemas/PatchOperation/properties/value',
    ],
  };
  for (const [name, text] of Object.entries(files))
    t.same(emptySchemas(JSON.parse(text)), anything[name as keyof typeof anything] ?? [], name);
  const text = files['cluster.json'] ?? '';
  const broken = JSON.parse(text) as {
    components: { schemas: Record<string, { properties: Record<string, unknown> }> };
  };
  const job = broken.components.schemas['Job'];
  if (job === undefined) throw new Error('there is no schema Job');
  job.properties['planted'] = { description: 'says nothing' };
  broken.components.schemas['Nothing'] = {} as never;
  t.same([...emptySchemas(broken)].sort(), [
    '/components/schemas/Job/properties/planted',
    '/components/schemas/Nothing',
    ...anything['cluster.json'],
  ]);
});

void t.test('the generated documents pass redocly lint', async (t) => {
  const environment = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const { stderr } = await promisify(execFile)(
    'node_modules/.bin/redocly',
    ['lint', '--config', 'tools/redocly.yaml'],
    { env: environment, maxBuffer: 64 * 1024 * 1024 },
  );
  t.match(stderr, /Your API descriptions are valid/, 'warnings are errors here (recommended-strict)');
});
