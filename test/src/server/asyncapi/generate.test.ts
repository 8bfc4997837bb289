import { readFile } from 'node:fs/promises';
import t from 'tap';
import { nodeSubjects, PUBLISHER_SUBJECT, SEEN_SUBJECT, WORKERS_SUBJECT, eventSubject } from '#agents/transport/nats/subjects.js';
import { EVENTS } from '#domain/event-types/index.js';
import { generateAsyncapi } from '#src/server/asyncapi/generate.js';
import { emptySchemas } from '../openapi/empty-schemas.js';

interface Document {
  readonly channels: Readonly<Record<string, { readonly address?: string; readonly messages: Readonly<Record<string, unknown>> }>>;
  readonly operations: Readonly<Record<string, { readonly security?: unknown }>>;
  readonly components: { readonly messages: Readonly<Record<string, unknown>>; readonly schemas: Readonly<Record<string, unknown>> };
}

const text = generateAsyncapi();
const document = JSON.parse(text) as Document;

void t.test('the AsyncAPI document that is checked in is the one that the schemas make', async (t) => {
  t.ok((await readFile('openapi/asyncapi.json', 'utf8')) === text, 'openapi/asyncapi.json: run npm run openapi');
  t.equal(generateAsyncapi(), text, 'and is the same each time');
});

void t.test('its addresses are the subjects that are used', async (t) => {
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

void t.test('every event type is a message, every reference leads somewhere, and no schema is empty', async (t) => {
  t.same(Object.keys(document.channels['events']?.messages ?? {}), Object.keys(EVENTS));
  for (const [, reference = ''] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
    const target = reference
      .split('/')
      .reduce<unknown>((part, word) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[word] : undefined), document);
    if (target === undefined) t.fail(`${reference} leads nowhere`);
  }
  t.same(emptySchemas(document), []);
  t.notMatch(text, /\^sealed:/, 'what is sealed in the log is withheld');
});

void t.test('every operation says how its connection is let in', async (t) => {
  for (const [name, { security }] of Object.entries(document.operations)) t.same(security, [{ $ref: '#/components/securitySchemes/login' }], name);
});
