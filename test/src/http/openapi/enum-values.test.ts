import t from 'tap';
import type { OpenAPIV3_1 } from 'openapi-types';
import { generateOpenapi } from '#src/process/openapi/generate.js';
import { namedEnumValues } from '#src/http/openapi/enum-values.js';

type Schemas = Readonly<
  Record<string, { readonly enum?: readonly string[]; readonly 'x-enum-varnames'?: readonly string[] }>
>;

const named = (schemas: object): Schemas =>
  namedEnumValues({
    openapi: '3.1.0',
    info: { title: '', version: '' },
    components: { schemas },
  } as OpenAPIV3_1.Document).components?.schemas as Schemas;

void t.test('names the values of an enum after the enum', async (t) => {
  const names = (...values: string[]): unknown =>
    named({ TaskSort: { type: 'string', enum: values } })['TaskSort']?.['x-enum-varnames'];
  t.same(names('name', '-name', 'next_run_at', 'CPU'), [
    'TaskSortName',
    'TaskSortMinusName',
    'TaskSortNextRunAt',
    'TaskSortCPU',
  ]);
  t.throws(() => names('a_b', 'a-b'), /two values of TaskSort would have the same name/);
  t.throws(() => names('>'), /or one would have none/);
  const object = { type: 'object', properties: { kind: { type: 'string', enum: ['a'] } } };
  t.same(named({ Thing: object }), { Thing: object }, 'an enum without a name has no constants of its own');
});

void t.test('no two values in a document have the same name', async (t) => {
  for (const [file, text] of Object.entries(await generateOpenapi())) {
    const { schemas = {} } = (JSON.parse(text) as { readonly components: { readonly schemas?: Schemas } })
      .components;
    const enums = Object.values(schemas).filter((schema) => schema.enum !== undefined);
    const names = enums.flatMap((schema) => schema['x-enum-varnames'] ?? []);
    t.equal(names.length, enums.flatMap((schema) => schema.enum).length, `${file}: every value has a name`);
    t.equal(new Set(names).size, names.length, file);
  }
});
