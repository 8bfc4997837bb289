import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { readableStreams } from '#src/http/openapi/streams.js';
import { generateOpenapi } from '#src/process/openapi/generate.js';

type Media = Readonly<
  Record<string, { readonly schema: { readonly type?: string; readonly format?: string } }>
>;

const answersOf = (document: OpenAPIV3_1.Document): Media[] =>
  Object.values(document.paths ?? {})
    .flatMap((item) => Object.values(item ?? {}) as OpenAPIV3_1.OperationObject[])
    .flatMap(({ responses = {} }) => Object.values(responses))
    .flatMap((answer) => ('content' in answer ? [answer.content as Media] : []));

const stated = (content: object): unknown =>
  answersOf(
    readableStreams({
      openapi: '3.1.0',
      info: { title: '', version: '' },
      paths: { '/': { get: { responses: { 200: { description: '', content } } } } },
    } as OpenAPIV3_1.Document),
  )[0];

const bytes = (description: string) => ({ schema: { type: 'string', format: 'binary', description } });

void t.test('lists raw bytes first in a stream of any media type, and only there', async (t) => {
  const log = { 'text/plain': bytes('a log'), 'text/event-stream': bytes('events') };
  const made = stated(log) as Media;
  t.same(Object.keys(made), ['application/octet-stream', 'text/plain', 'text/event-stream']);
  t.match(made['application/octet-stream']?.schema, { type: 'string', format: 'binary' });
  t.match(made, log, 'the other types remain as they were');

  const words = { 'text/plain': { schema: { type: 'string' } } };
  t.same(stated(words), words, 'a short text is read as a string');
  const object = { 'application/json': { schema: { type: 'object' } } };
  t.same(stated(object), object);
  const tile = { 'application/octet-stream': bytes('a tile') };
  t.same(stated(tile), tile);
});

void t.test('every stream of every document is bytes in each of its media types', async (t) => {
  const streams = Object.entries(await generateOpenapi()).flatMap(([name, text]) =>
    answersOf(JSON.parse(text) as OpenAPIV3_1.Document)
      .filter((content) => Object.values(content).some(({ schema }) => schema.format === 'binary'))
      .map((content) => ({ name, content })),
  );
  t.ok(streams.length > 8, `${streams.length} streams`);
  for (const { name, content } of streams) {
    t.equal(Object.keys(content)[0], 'application/octet-stream', name);
    t.ok(Object.keys(content).length > 1, `${name} states the true type too`);
    for (const { schema } of Object.values(content))
      t.same([schema.type, schema.format], ['string', 'binary'], name);
  }
});
