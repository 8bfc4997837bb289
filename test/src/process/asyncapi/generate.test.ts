import { readFile } from 'node:fs/promises';
import t from 'tap';
import {
  nodeSubjects,
  PUBLISHER_SUBJECT,
  SEEN_SUBJECT,
  WORKERS_SUBJECT,
  eventSubject,
} from '#agents/platform/transport/nats/subjects.js';
import { ALL_CATEGORIES, EVENTS } from '#test/fixtures/muster-events.js';
import { generateAsyncapi } from '#src/process/asyncapi/generate.js';
import { emptySchemas } from '../openapi/empty-schemas.js';

interface Document {
  readonly channels: Readonly<
    Record<string, { readonly address?: string; readonly messages: Readonly<Record<string, unknown>> }>
  >;
  readonly operations: Readonly<Record<string, { readonly security?: unknown }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, unknown>>;
    readonly schemas: Readonly<Record<string, unknown>>;
  };
}

const CATALOG = { categories: ALL_CATEGORIES, events: EVENTS };
const text = generateAsyncapi(CATALOG);
const document = JSON.parse(text) as Document;

void t.test('generates the committed AsyncAPI document', async (t) => {
  t.ok(
    (await readFile('openapi/asyncapi.json', 'utf8')) === text,
    'openapi/asyncapi.json is up to date (if not, run npm run openapi)',
  );
  t.equal(generateAsyncapi(CATALOG), text, 'the output is the same each time');
});

void t.test('uses the same subjects as the code as addresses', async (t) => {
  const token = 'bjE';
  const addresses = Object.entries(document.channels).flatMap(([name, { address }]) =>
    address === undefined ? [] : [[name, address.replace('{node}', token)]],
  );
  t.strictSame(Object.fromEntries(addresses), {
    ...Object.fromEntries(Object.entries(nodeSubjects).map(([name, subject]) => [name, subject('n1')])),
    seen: SEEN_SUBJECT,
    workers: WORKERS_SUBJECT,
    publisher: PUBLISHER_SUBJECT,
    events: eventSubject('{category}', '{type}'),
  });
});

void t.test('includes every event type, resolves all references, and has no empty schema', async (t) => {
  t.same(Object.keys(document.channels['events']?.messages ?? {}), Object.keys(EVENTS));
  for (const [, reference = ''] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
    const target = reference
      .split('/')
      .reduce<unknown>(
        (part, word) =>
          typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[word] : undefined,
        document,
      );
    if (target === undefined) t.fail(`${reference} does not resolve`);
  }
  t.same(emptySchemas(document), []);
  t.notMatch(text, /\^sealed:/, 'values that are sealed in the log are withheld');
});

void t.test('describes the authentication of every operation', async (t) => {
  for (const [name, { security }] of Object.entries(document.operations))
    t.same(security, [{ $ref: '#/components/securitySchemes/login' }], name);
});

type Schema = Readonly<Record<string, unknown>>;
const schemas = document.components.schemas as Readonly<Record<string, Schema>>;
const nameOf = (reference: unknown): string => String(reference).replace('#/components/schemas/', '');

/** Returns the direct subschemas of a schema, each with its path. */
function within(schema: Schema, path: string): (readonly [path: string, schema: Schema])[] {
  const found: (readonly [string, unknown])[] = [
    ...['items', 'additionalProperties', 'not', 'if', 'then', 'else'].map(
      (key) => [`${path}/${key}`, schema[key]] as const,
    ),
    ...['oneOf', 'anyOf', 'allOf'].flatMap((key) =>
      (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : []).map(
        (each) => [`${path}/${key}`, each] as const,
      ),
    ),
    ...Object.entries((schema['properties'] ?? {}) as Schema).map(
      ([key, each]) => [`${path}/${key}`, each] as const,
    ),
  ];
  return found.filter(
    (each): each is readonly [string, Schema] => typeof each[1] === 'object' && each[1] !== null,
  );
}

void t.test('gives every object a name, so that generators produce no AnonymousSchema', async (t) => {
  for (const [name, { payload }] of Object.entries(
    document.components.messages as Readonly<Record<string, { readonly payload: Schema }>>,
  ))
    if (schemas[nameOf(payload['$ref'])] === undefined) t.fail(`the payload of ${name} has no name`);
  const inline: string[] = [];
  const look = ([path, schema]: readonly [string, Schema], top = false): void => {
    if (
      !top &&
      schema['type'] === 'object' &&
      'properties' in schema &&
      !/\/(?:not|if|then|else)\b/.test(path)
    )
      inline.push(path);
    for (const each of within(schema, path)) look(each);
  };
  for (const entry of Object.entries(schemas)) look(entry, true);
  t.same(inline, []);
});

void t.test('describes each property of agent messages', async (t) => {
  const silent = new Set<string>();
  const seen = new Set<string>();
  let properties = 0;
  const look = (path: string, schema: Schema): void => {
    const name = nameOf(schema['$ref']);
    if ('$ref' in schema) {
      if (!seen.has(name)) look(name, schemas[seen.add(name) && name] ?? {});
      return;
    }
    for (const [property, each] of Object.entries(
      (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>,
    )) {
      properties += 1;
      const described = 'description' in each || 'description' in (schemas[nameOf(each['$ref'])] ?? {});
      if (!described && !('const' in each)) silent.add(`${path}/${property}`);
    }
    for (const [inner, each] of within(schema, path))
      if (!/\/(?:not|if|then|else)$/.test(inner)) look(inner, each);
  };
  for (const name of ['Registration', 'Heartbeat', 'Order', 'Query'])
    look(name, { $ref: `#/components/schemas/${name}` });
  t.same([...silent].sort(), []);
  t.ok(properties > 80, `${properties} properties`);
});

void t.test('lists the known statuses in heartbeats, and a reply for every query', async (t) => {
  t.same((schemas['HeartbeatAllocation']?.['properties'] as { status: Schema }).status['enum'], [
    'pending',
    'running',
    'complete',
    'failed',
    'stopped',
    'lost',
  ]);
  t.same((schemas['HeartbeatAllocationTask']?.['properties'] as { status: Schema }).status['enum'], [
    'pending',
    'running',
    'complete',
    'failed',
    'stopped',
  ]);
  const replies = [
    'Status',
    'Usage',
    'UsageHistory',
    'Metrics',
    'VolumeRemoval',
    'LogOpened',
    'LogChunk',
    'LogClosed',
    'CommandOpened',
    'VolumeCopyOpened',
    'CommandOutput',
    'CommandInputTaken',
    'CommandResized',
    'CommandClosed',
  ];
  t.same(
    Object.keys(document.channels['replies']?.messages ?? {}).filter((name) => replies.includes(name)),
    replies,
  );
  t.equal((schemas['Query']?.['oneOf'] as unknown[]).length, replies.length, 'each query has a reply');
  const { parameters } = document.channels['events'] as unknown as {
    parameters: { category: { enum: string[] } };
  };
  t.equal(new Set(parameters.category.enum).size, parameters.category.enum.length);
});
