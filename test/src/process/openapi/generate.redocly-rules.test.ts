import t from 'tap';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Location {
  child(path: readonly (string | number)[]): string;
}
type Rule = () => {
  Root(
    document: unknown,
    context: {
      report(problem: { readonly message: string; readonly location: string }): void;
      readonly location: Location;
    },
  ): void;
};
interface Plugin {
  readonly rules: { readonly oas3: Readonly<Record<string, Rule>> };
}

const { default: plugin } = (await import(pathToFileURL(resolve('tools/redocly-rules.js')).href)) as {
  readonly default: () => Plugin;
};
const { rules } = plugin();

/** Returns where a rule reports a problem in a document. */
function found(rule: string, document: object): string[] {
  const places: string[] = [];
  rules.oas3[rule]?.().Root(document, {
    report: ({ location }) => places.push(location),
    location: { child: (path) => path.join('/') },
  });
  return places;
}

const operation = (method: string, each: object, schemas: object = {}) => ({
  paths: { '/things/{id}/logs': { [method]: each } },
  components: { schemas },
});
const answer = (content: object) => operation('get', { responses: { 200: { content } } });
const body = (schema: object) => ({
  requestBody: { 'x-position': 1, content: { 'application/json': { schema } } },
});
const BYTES = { type: 'string', format: 'binary' };
const OCTETS = { 'application/octet-stream': { schema: { ...BYTES, description: 'octets' } } };
const X = { properties: { x: { type: 'string' } } };

void t.test('reports schemas that client generators misread, and accepts all others', async (t) => {
  const used = (schema: object) => operation('put', body({ $ref: '#/components/schemas/A' }), { A: schema });
  const cases: Readonly<
    Record<string, { readonly bad: readonly object[]; readonly good: readonly object[] }>
  > = {
    unions: {
      bad: [
        used({ oneOf: [X, { type: 'string' }] }),
        used({ properties: { a: { anyOf: [X, X] } } }),
        used({ type: ['string', 'number'] }),
      ],
      good: [
        used({ oneOf: [X, { type: 'null' }] }),
        used({ type: ['string', 'null'] }),
        { paths: {}, components: { schemas: { A: { oneOf: [X, X] } } } },
      ],
    },
    streams: {
      bad: [
        answer({ 'application/x-ndjson': { schema: X } }),
        answer({ 'text/plain': { schema: { type: 'string' } } }),
        answer({ 'text/event-stream': { schema: BYTES }, 'application/json': { schema: X } }),
        answer({ 'text/plain': { schema: BYTES } }),
        answer({ ...OCTETS, 'text/plain': { schema: BYTES }, 'text/event-stream': { schema: BYTES } }),
        answer({ 'text/plain': { schema: BYTES }, ...OCTETS }),
        answer({
          ...OCTETS,
          'text/event-stream': { schema: { ...BYTES, description: 'a' } },
          'application/x-ndjson': { schema: { ...BYTES, description: 'b' } },
        }),
      ],
      good: [
        answer({ ...OCTETS, 'text/plain': { schema: BYTES } }),
        answer({ 'application/json': { schema: X } }),
      ],
    },
    integers: {
      bad: [
        used({ type: 'integer' }),
        used({ properties: { task_id: { type: 'integer', format: 'int32' } } }),
        used({ type: 'integer', format: 'int32', maximum: 2 ** 40 }),
        used({ type: 'number', exclusiveMinimum: 0 }),
      ],
      good: [
        used({ type: ['integer', 'null'], format: 'int32' }),
        used({ properties: { task_id: { type: 'integer', format: 'int64' } } }),
      ],
    },
    formats: {
      bad: [used({ type: 'string', format: 'starts_with' })],
      good: [used({ type: 'string', format: 'uuid' })],
    },
    switches: {
      bad: [used({ type: 'string', enum: ['true', 'false'] })],
      good: [used({ type: 'string', enum: ['yes', 'no'] })],
    },
    defaults: {
      bad: [
        used({ description: '0 to 100; 50 when absent', type: 'integer' }),
        used({ description: '`success` unless it says otherwise', type: 'string' }),
        used({ description: 'What is absent stays', properties: { a: { type: 'string', default: 'b' } } }),
      ],
      good: [
        used({ description: '0 to 100; 50 when absent', type: 'integer', default: 50 }),
        used({ description: 'One of its own when absent' }),
      ],
    },
    'schema-names': {
      bad: [operation('get', {}, { Task: X }), operation('get', {}, { Stream: X })],
      good: [operation('get', {}, { JobTask: X })],
    },
    'query-enums': {
      bad: [operation('get', { parameters: [{ in: 'query', schema: { enum: ['a'] } }] })],
      good: [operation('get', { parameters: [{ in: 'query', schema: { $ref: '#/components/schemas/A' } }] })],
    },
    'header-enums': {
      bad: [operation('get', { responses: { 200: { headers: { X: { schema: { enum: ['true'] } } } } } })],
      good: [operation('get', { responses: { 200: { headers: { X: { schema: { type: 'boolean' } } } } } })],
    },
    'parameter-order': {
      bad: [
        operation('get', {
          parameters: [
            { in: 'query', 'x-position': 2 },
            { in: 'path', 'x-position': 1 },
          ],
        }),
        operation('get', { parameters: [{ in: 'path' }] }),
        operation('put', { parameters: [{ in: 'path', 'x-position': 2 }], requestBody: { 'x-position': 1 } }),
      ],
      good: [
        operation('put', {
          parameters: [
            { in: 'path', 'x-position': 1 },
            { in: 'query', 'x-position': 3 },
          ],
          requestBody: { 'x-position': 2 },
        }),
      ],
    },
    clearing: {
      bad: [
        used({ properties: { a: { type: ['string', 'null'] } } }),
        used({ properties: { a: { oneOf: [X, { type: 'null' }] } } }),
      ],
      good: [
        used({ properties: { a: { type: ['string', 'null'] }, clear: { items: { enum: ['a'] } } } }),
        used({ properties: { a: { type: ['string', 'null'] } }, required: ['a'] }),
        operation('post', body({ properties: { a: { type: ['string', 'null'] } } })),
      ],
    },
  };
  t.same(Object.keys(cases).sort(), Object.keys(rules.oas3).sort(), 'every rule is tested');
  for (const [rule, { bad, good }] of Object.entries(cases)) {
    for (const each of bad)
      t.ok(found(rule, each).length > 0, `${rule}: ${JSON.stringify(each).slice(0, 200)}`);
    for (const each of good) t.same(found(rule, each), [], `${rule}: ${JSON.stringify(each).slice(0, 200)}`);
  }
});
