import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { namedEnums, orderedParameters } from '#src/http/openapi/parameters.js';

function documentOf(path: string, operation: object, schemas: object = {}): OpenAPIV3_1.Document {
  return {
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths: { [path]: { put: operation } },
    components: { schemas },
  } as never;
}

void t.test('puts path parameters first, then the body, then the others', async (t) => {
  const named = (name: string, where: string) => ({ name, in: where });
  const operation = {
    parameters: [
      named('limit', 'query'),
      named('run_id', 'path'),
      named('Key', 'header'),
      named('task_id', 'path'),
    ],
    requestBody: { content: {} },
  };
  t.same(
    orderedParameters(documentOf('/tasks/{task_id}/runs/{run_id}', operation)).paths?.[
      '/tasks/{task_id}/runs/{run_id}'
    ]?.put,
    {
      parameters: [
        { name: 'task_id', in: 'path', 'x-position': 1 },
        { name: 'run_id', in: 'path', 'x-position': 2 },
        { name: 'limit', in: 'query', 'x-position': 4 },
        { name: 'Key', in: 'header', 'x-position': 5 },
      ],
      requestBody: { content: {}, 'x-position': 3 },
    },
  );
  t.same(orderedParameters(documentOf('/', { responses: {} })).paths?.['/']?.put, { responses: {} });
});

void t.test('moves an enum with a title to the components', async (t) => {
  const Kind = { type: 'string', enum: ['a', 'b'] };
  const parameters = [
    { name: 'kind', in: 'query', description: 'Which', schema: { ...Kind, title: 'Kind' } },
  ];
  const made = namedEnums(
    documentOf(
      '/',
      { parameters },
      { Thing: { properties: { kind: { ...Kind, title: 'Kind', description: 'Its kind' } } } },
    ),
  );
  t.same(made.paths?.['/']?.put?.parameters, [
    { name: 'kind', in: 'query', description: 'Which', schema: { $ref: '#/components/schemas/Kind' } },
  ]);
  t.same(made.components?.schemas, {
    Thing: { properties: { kind: { $ref: '#/components/schemas/Kind' } } },
    Kind,
  });
  t.throws(
    () => namedEnums(documentOf('/', { parameters }, { Kind: { type: 'string' } })),
    /two schemas would be named Kind/,
  );
});
