import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { generateOpenapi } from '#src/process/openapi/generate.js';
import { openAnswers } from '#src/http/openapi/open-answers.js';
import { reachable } from '#src/http/openapi/tidy.js';

const closed = (properties: object = {}) => ({ type: 'object', properties, additionalProperties: false });
const opened = (properties: object = {}) => ({ type: 'object', properties });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { 'application/json': { schema } } });

void t.test('opens the objects of responses, and leaves those of requests closed', async (t) => {
  const { paths, components } = openAnswers({
    openapi: '3.1.0',
    info: { title: '', version: '' },
    paths: {
      '/': {
        post: {
          requestBody: json(reference('Wanted')),
          responses: { 200: { description: '', ...json(closed({ made: reference('Made') })) } },
        },
      },
    },
    components: {
      schemas: {
        Wanted: closed({ limits: reference('Limits') }),
        Made: closed({
          limits: reference('Limits'),
          labels: { type: 'object', additionalProperties: { type: 'string' } },
        }),
        Limits: closed(),
      },
    },
  } as OpenAPIV3_1.Document);
  t.match(paths?.['/']?.post?.responses?.['200'], json(opened({ made: reference('Made') })));
  t.same(components?.schemas, {
    Wanted: closed({ limits: reference('Limits') }),
    Made: opened({
      limits: reference('Limits'),
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    }),
    Limits: opened(),
  });
});

void t.test('no response of any document has a closed object', async (t) => {
  for (const [file, text] of Object.entries(await generateOpenapi())) {
    const document = JSON.parse(text) as OpenAPIV3_1.Document;
    const schemas = (document.components?.schemas ?? {}) as Parameters<typeof reachable>[0];
    const responses = Object.values(document.paths ?? {})
      .flatMap((item) => Object.values(item ?? {}) as OpenAPIV3_1.OperationObject[])
      .map((operation) => operation.responses as never);
    const names = [...reachable(schemas, responses)];
    t.ok(names.length > 0, file);
    const isClosed = (part: unknown): boolean =>
      JSON.stringify(part).includes('"additionalProperties":false');
    t.same([isClosed(responses), names.filter((name) => isClosed(schemas[name]))], [false, []], file);
  }
});
