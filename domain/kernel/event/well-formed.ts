import { z } from 'zod';
import type { EventDefinition } from './definition.js';

/** The part of JSON Schema that is checked when an event is read: which fields there are, and the kinds of their values. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape | boolean;
  readonly prefixItems?: readonly Shape[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Shape>>;
}

const SHAPES = new Map<EventDefinition, Shape>();

/**
 * Returns what is wrong with the data of an event, with the field. Undefined if folds can read it. Muster validates an event before it writes it, so
 * only another program, an import or a former defect can have written other data. Values are not checked, only their kinds, because every fold calls
 * this for every event.
 */
export function malformedField(definition: EventDefinition, data: unknown): string | undefined {
  let shape = SHAPES.get(definition);
  if (shape === undefined) {
    shape = linked(z.toJSONSchema(definition.schema, { unrepresentable: 'any' }) as Shape);
    SHAPES.set(definition, shape);
  }
  return problemOf(shape, data, '');
}

/** Replaces references to named schemas by these. */
function linked(root: Shape): Shape {
  const { $defs = {}, ...shape } = root;
  const known = new Map<string, object>();
  const link = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(link);
    if (typeof node !== 'object' || node === null) return node;
    const name = '$ref' in node ? String(node.$ref).replace('#/$defs/', '') : undefined;
    if (name === undefined)
      return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, link(each)]));
    const before = known.get(name);
    if (before !== undefined) return before;
    const target = {};
    known.set(name, target);
    return Object.assign(target, link($defs[name] ?? {}));
  };
  return link(shape) as Shape;
}

function problemOf(shape: Shape, value: unknown, path: string): string | undefined {
  const { type, allOf } = shape;
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches !== undefined && !branches.some((each) => problemOf(each, value, path) === undefined))
    return problemOf(branches[0]!, value, path);
  for (const each of allOf ?? []) {
    const problem = problemOf(each, value, path);
    if (problem !== undefined) return problem;
  }
  if (shape.const !== undefined && value !== shape.const)
    return `${path === '' ? 'the data' : path} is not ${JSON.stringify(shape.const)}`;
  const fits = typeof type === 'string' ? isOfType(type, value) : type?.some((each) => isOfType(each, value));
  if (fits === false) return `${path === '' ? 'the data' : path} is no ${[type].flat().join(' or ')}`;
  if (Array.isArray(value)) return problemOfItems(shape, value, path);
  return typeof value === 'object' && value !== null
    ? problemOfFields(shape, value as Record<string, unknown>, path)
    : undefined;
}

function problemOfItems(
  { items, prefixItems = [] }: Shape,
  values: readonly unknown[],
  path: string,
): string | undefined {
  if (values.length < prefixItems.length) return `${path}[${values.length}] is missing`;
  for (let at = 0; at < values.length; at += 1) {
    const shape = prefixItems[at] ?? items;
    const problem = typeof shape === 'object' ? problemOf(shape, values[at], `${path}[${at}]`) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfFields(
  { required = [], properties = {}, additionalProperties }: Shape,
  value: Readonly<Record<string, unknown>>,
  path: string,
): string | undefined {
  for (const name of required)
    if (!Object.hasOwn(value, name)) return `${path === '' ? name : `${path}.${name}`} is missing`;
  for (const name of Object.keys(value)) {
    const shape = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (typeof shape !== 'object') continue;
    const problem = problemOf(shape, value[name], path === '' ? name : `${path}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}
