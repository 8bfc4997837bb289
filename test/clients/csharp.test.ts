import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import t from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { required } from '../fixtures/requirement.js';
import { fileOf, OPENAPI_DOCUMENTS } from './documents.js';
import { generate } from './openapi-generator.js';
import { installed } from './toolbox.js';

t.setTimeout(280_000 * PATIENCE);

/** .NET types that nearly every source file imports, so a generated class with the same name would be ambiguous. */
const SHADOWED = new Set([
  'Action',
  'Attribute',
  'Buffer',
  'Environment',
  'Exception',
  'Object',
  'Random',
  'Range',
  'Stream',
  'String',
  'Task',
  'Type',
  'Version',
]);
const PLAIN = new Set(['string', 'bool', 'int', 'long', 'decimal', 'DateTime', 'Guid', 'List<string>']);
/** C# types of schemas, by type and format. */
const TYPES: Readonly<Record<string, string>> = {
  'integer int64': 'long',
  'integer int32': 'int',
  'boolean ': 'bool',
  'number ': 'decimal',
};

interface Operation {
  readonly returned: string;
  readonly name: string;
  readonly parameters: readonly string[];
}

function textsIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder).map((name) => [name.replace(/\.cs$/, ''), readFileSync(join(folder, name), 'utf8')]),
  );
}

function operationsIn(apis: ReadonlyMap<string, string>): Operation[] {
  return [...apis.values()].flatMap((text) =>
    [...text.matchAll(/^ {8}([\w.<>]+) (\w+)\((.*)\);$/gm)]
      .map(([, returned = '', name = '', parameters = '']) => ({
        returned,
        name,
        parameters: parameters.split(', ').flatMap((each) => each.match(/^[\w.<>]+/) ?? []),
      }))
      .filter(({ returned, name }) => !/Async$|WithHttpInfo$/.test(name) && returned !== 'throw'),
  );
}

/** Returns the C# names of the operations whose 200 response is a stream. */
function streamsIn({ paths = {} }: OpenAPIV3_1.Document): string[] {
  return Object.values(paths)
    .flatMap((item) => Object.values(item ?? {}) as OpenAPIV3_1.OperationObject[])
    .filter(({ responses = {} }) => JSON.stringify(responses['200'] ?? {}).includes('"format":"binary"'))
    .map(({ operationId = '' }) => pascal(operationId))
    .sort();
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|[_-])([a-zA-Z])/g, (_, letter: string) => letter.toUpperCase());
}

void t.test('the C# clients of openapi-generator, uncompiled, have the expected types', async (t) => {
  const java = installed('java');
  if (
    !required(t, java !== undefined, 'openapi-generator (npm test -- clients installs it)') ||
    java === undefined
  )
    return;
  const folder = ownFolder(t);
  await generate(folder, {
    java,
    generator: 'csharp',
    library: 'httpclient',
    onlyCode: true,
    options: (document) => ({ packageName: `Muster.${document}` }),
  });

  let compared = 0;
  for (const document of OPENAPI_DOCUMENTS) {
    const root = join(folder, document, 'src', `Muster.${document}`);
    const [models, operations] = [textsIn(join(root, 'Model')), operationsIn(textsIn(join(root, 'Api')))];
    const published = JSON.parse(readFileSync(fileOf(document), 'utf8')) as OpenAPIV3_1.Document;

    const names = [...models.keys()].filter((name) => name !== 'AbstractOpenAPISchema');
    t.ok(
      names.length > 5 && operations.length > 0,
      `${document}: ${names.length} models, ${operations.length} operations`,
    );
    const unions = names.filter((name) => models.get(name)?.includes(': AbstractOpenAPISchema'));
    t.same(
      unions,
      document === 'audit' ? ['AuditEvent'] : [],
      `${document}: only an audit event is one of several types`,
    );
    t.same(
      names.filter((name) => SHADOWED.has(name) || /^Inline|_|\d$/.test(name)),
      [],
      `${document}: no model has a name of .NET, or a name made up by the generator`,
    );

    const parameters = new Set(operations.flatMap((each) => each.parameters));
    t.same(
      [...parameters].filter((type) => !PLAIN.has(type) && !models.has(type)),
      [],
      `${document}: every parameter type is plain or has a model, including enums`,
    );
    const streams = operations.filter(({ returned }) => returned === 'FileParameter').map(({ name }) => name);
    t.same(
      streams.sort(),
      streamsIn(published),
      `${document}: the operations that return streams are those of the OpenAPI description`,
    );

    for (const [name, schema] of Object.entries(published.components?.schemas ?? {})) {
      for (const [property, { type, format = '', enum: values }] of Object.entries(
        (schema.properties ?? {}) as Record<string, OpenAPIV3_1.SchemaObject>,
      )) {
        const wanted = TYPES[`${String([type].flat().find((each) => each !== 'null'))} ${format}`];
        const found = new RegExp(`^ {8}public ([\\w.]+)\\?? ${pascal(property)} [{]`, 'm').exec(
          models.get(name) ?? '',
        )?.[1];
        if (wanted === undefined || values !== undefined || found === undefined) continue;
        compared += 1;
        if (found !== wanted) t.fail(`${document}: ${name}.${property} is ${found} instead of ${wanted}`);
      }
    }
  }
  t.ok(compared > 500, `${compared} integers, numbers and booleans have the types of their formats`);
});
