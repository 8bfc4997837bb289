import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { namedObjects } from '#src/http/openapi/named-objects.js';

const object = (properties: object) => ({ type: 'object', properties, additionalProperties: false });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const named = (schemas: object): unknown =>
  namedObjects({
    openapi: '3.1.0',
    info: { title: '', version: '' },
    components: { schemas },
  } as OpenAPIV3_1.Document).components?.schemas;

void t.test('names a nested object after its path in the component', async (t) => {
  const port = object({ host: { type: 'integer' } });
  t.same(named({ Task: object({ host_ports: { type: 'array', items: port } }) }), {
    Task: object({ host_ports: { type: 'array', items: reference('TaskHostPortsItem') } }),
    TaskHostPortsItem: port,
  });
  t.same(named({ Map: { type: 'object', additionalProperties: port } }), {
    Map: { type: 'object', additionalProperties: reference('MapValue') },
    MapValue: port,
  });
  t.same(named({ Either: { oneOf: [{ type: 'string' }, port] } }), {
    Either: { oneOf: [{ type: 'string' }, reference('EitherOption2')] },
    EitherOption2: port,
  });
  t.same(
    named({ Task: object({ a: object({ b: port }) }) }),
    { Task: object({ a: reference('TaskA') }), TaskA: object({ b: reference('TaskAB') }), TaskAB: port },
    'objects within named objects are named as well',
  );
});

void t.test('keeps maps, references and other schemas in place', async (t) => {
  const task = object({
    env: { type: 'object', additionalProperties: { type: 'string' } },
    config: reference('Config'),
    name: { type: 'string', examples: [{ type: 'object', properties: {} }] },
  });
  t.same(named({ Task: task, Config: object({}) }), { Task: task, Config: object({}) });
});

void t.test('refuses two schemas with the same name', async (t) => {
  t.throws(
    () => named({ Task: object({ ports: object({}) }), TaskPorts: object({}) }),
    /two schemas would be named TaskPorts/,
  );
});

void t.test('refuses a property with the name of its schema', async (t) => {
  t.throws(
    () => named({ Quota: object({ quota: { type: 'string' } }) }),
    /the schema Quota has a property quota/,
  );
  t.throws(
    () => named({ A: object({ b_c: object({ ABC: { type: 'string' } }) }) }),
    /the schema ABC has a property ABC/,
  );
});
