import type { OpenAPIV3_1 } from 'openapi-types';
import { isList, mapSchemas, type Schema } from './schemas.js';

type Operation = OpenAPIV3_1.OperationObject;
type Parameter = OpenAPIV3_1.ParameterObject;

/**
 * Puts path parameters first, in the order of the path, then the body, then the remaining parameters. NSwag requires `x-position`. Otherwise it puts
 * the body first in some operations and last in others.
 */
export function orderedParameters(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  return mapOperations(document, ordered);
}

function ordered(operation: Operation, path: string): Operation {
  const all = (operation.parameters ?? []) as readonly Parameter[];
  const inPath = all
    .filter((each) => each.in === 'path')
    .sort((left, right) => path.indexOf(`{${left.name}}`) - path.indexOf(`{${right.name}}`));
  const others = all.filter((each) => each.in !== 'path');
  const { requestBody } = operation;
  const placed = (each: Parameter, index: number) => ({ ...each, 'x-position': index + 1 });
  const behind = inPath.length + (requestBody === undefined ? 0 : 1);
  return {
    ...operation,
    ...(all.length > 0 && {
      parameters: [...inPath.map(placed), ...others.map((each, index) => placed(each, behind + index))],
    }),
    ...(requestBody !== undefined && {
      requestBody: {
        ...(requestBody as OpenAPIV3_1.RequestBodyObject),
        'x-position': inPath.length + 1,
      } as never,
    }),
  };
}

/**
 * Turns each enum with a `title` into a component of that name. Otherwise generators name enums after their parameters, and produce `Status`,
 * `Status2` and `Status3`.
 */
export function namedEnums(document: OpenAPIV3_1.Document): OpenAPIV3_1.Document {
  const found = new Map<string, Schema>();
  const named = mapSchemas(document, (schema) => {
    const { title, description: _description, examples: _examples, ...named } = schema;
    if (typeof title !== 'string' || !isList(schema['enum'])) return schema;
    const other = found.get(title) ?? document.components?.schemas?.[title];
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(named))
      throw new Error(`two schemas would be named ${title}`);
    found.set(title, named);
    return { $ref: `#/components/schemas/${title}` };
  });
  return {
    ...named,
    components: {
      ...named.components,
      schemas: { ...named.components?.schemas, ...(Object.fromEntries(found) as object) },
    },
  };
}

export function mapOperations(
  document: OpenAPIV3_1.Document,
  change: (operation: Operation, path: string) => Operation,
): OpenAPIV3_1.Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item ?? {}).map(([method, operation]) => [method, change(operation as Operation, path)]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIV3_1.PathsObject };
}
