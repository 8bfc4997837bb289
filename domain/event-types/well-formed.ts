import { z } from 'zod';
import type { EventDefinition } from '../kernel/event/index.js';

/** The part of JSON Schema that is checked when an event is read: which fields there are, and the kinds of their values. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
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
    shape = z.toJSONSchema(definition.schema, { unrepresentable: 'any' }) as Shape;
    SHAPES.set(definition, shape);
  }
  return problemOf(shape, data, '');
}

function problemOf(shape: Shape, value: unknown, path: string): string | undefined {
  const { anyOf, type } = shape;
  if (anyOf !== undefined) {
    const problems = anyOf.map((each) => problemOf(each, value, path));
    return problems.includes(undefined) ? undefined : problems[0];
  }
  const types = type === undefined ? undefined : [type].flat();
  if (types?.some((each) => isOfType(each, value)) === false)
    return `${path === '' ? 'the data' : path} is no ${types.join(' or ')}`;
  if (Array.isArray(value)) return problemOfItems(shape, value, path);
  return typeof value === 'object' && value !== null
    ? problemOfFields(shape, value as Record<string, unknown>, path)
    : undefined;
}

function problemOfItems({ items }: Shape, values: readonly unknown[], path: string): string | undefined {
  if (items === undefined) return undefined;
  for (let at = 0; at < values.length; at += 1) {
    const problem = problemOf(items, values[at], `${path}[${at}]`);
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
