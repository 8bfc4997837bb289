import { z } from 'zod';
import { deepestIssue, fieldName, issueProblem, optionsOf } from '#domain/kernel/errors/index.js';
import { didYouMean, nearest } from '#domain/kernel/nearest.js';
import { namesAt } from './schema-names.js';

/** A problem of a value, in the words of Muster. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
  /** Whether it comes from a rule between fields. */
  readonly isRule?: boolean;
}

type Issue = z.core.$ZodIssue;
type Fields = Record<PropertyKey, unknown>;

/** Each round corrects what the one before found, and so finds what a mistake hid. */
const MAX_ROUNDS = 8;

/**
 * Returns all problems of a value at once. A schema checks rules between fields only if every field is right, and the fields of a variant only if the
 * variant is known. Therefore the likely corrections are made in a copy, which is checked again.
 */
export function schemaProblems(schema: z.ZodType, given: unknown): SchemaProblem[] {
  const found = new Map<string, SchemaProblem>();
  const copy = plainCopy(given);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const issues = (schema.safeParse(copy).error?.issues ?? []).flatMap(singleIssues);
    let isCorrected = false;
    const known = new Set(found.keys());
    for (const issue of issues) {
      const path = pathOf(issue);
      const key = keyOf(path);
      if (isBelow(known, path)) continue;
      if (!found.has(key))
        found.set(key, { path, problem: problemOf(issue, schema, copy), isRule: issue.code === 'custom' });
    }
    // What is missing cannot be corrected, except by a misspelt field that is renamed.
    const present = issues.filter((issue) => valueAt(copy, pathOf(issue)) !== undefined);
    for (const issue of present) isCorrected = correct(issue, schema, copy, found) || isCorrected;
    if (!isCorrected) break;
  }
  return [...found.values()];
}

/** One issue per unknown key. For a union, the issue of the variant that fits best. */
function singleIssues(issue: Issue): Issue[] {
  const deepest = deepestIssue(issue) ?? issue;
  return deepest.code === 'unrecognized_keys'
    ? deepest.keys.map((key) => ({ ...deepest, keys: [key] }))
    : [deepest];
}

function pathOf(issue: Issue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys] : issue.path;
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}

function isBelow(known: ReadonlySet<string>, path: readonly PropertyKey[]): boolean {
  return path.some((_, index) => known.has(keyOf(path.slice(0, index + 1))));
}

function problemOf(issue: Issue, schema: z.ZodType, data: unknown): string {
  const written = valueAt(data, issue.path);
  const options = optionsOf(issue);
  if (written === undefined && isMissing(issue))
    return `is missing${options.length === 0 ? '' : `: one of ${options.join(', ')}`}`;
  const problem = issueProblem(issue);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return `${problem}${didYouMean(key, freeNames(schema, issue.path, data))}`;
  }
  if (options.length > 0) return `${problem}${didYouMean(String(written), options)}`;
  return isMissing(issue) ? `${problem.replace(/, not .*$/, '')}${shown(written)}` : problem;
}

function isMissing({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_union' || code === 'invalid_value';
}

/** A short value is repeated, because it shows at once what is wrong with it. Texts that could be secrets are longer. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return ', not a list';
  if (value === null) return ', not null';
  if (typeof value === 'object') return ', not a map';
  const text = JSON.stringify(value) ?? '';
  return text.length > 24 ? ', not a text' : `, not ${text}`;
}

/** Names that a map may have at a path and does not have. */
function freeNames(schema: z.ZodType, path: readonly PropertyKey[], data: unknown): string[] {
  const present = valueAt(data, path);
  return namesAt(schema, path, data).filter((name) => !isFields(present) || !Object.hasOwn(present, name));
}

/** Makes the likely correction of an issue in the copy. Returns whether it changed. */
function correct(issue: Issue, schema: z.ZodType, copy: unknown, found: Map<string, SchemaProblem>): boolean {
  const path = pathOf(issue);
  const name = path.at(-1);
  const holder = valueAt(copy, path.slice(0, -1));
  if (name === undefined || !isFields(holder) || !Object.hasOwn(holder, name)) return false;
  const value = holder[name];
  if (issue.code === 'unrecognized_keys') {
    const likely = nearest(String(name), freeNames(schema, issue.path, copy));
    Reflect.deleteProperty(holder, name);
    if (likely === undefined) return true;
    holder[likely] = value;
    found.delete(keyOf([...issue.path, likely]));
    // What a rule of the map missed is found again if it is still missing.
    for (const [key, { path: at, isRule = false }] of found)
      if (isRule && at.every((each, index) => each === issue.path[index])) found.delete(key);
    return true;
  }
  const word = nearest(String(value), optionsOf(issue));
  if (word !== undefined) holder[name] = word;
  else if (issue.code === 'invalid_type' && typeof value === 'string' && Number.isFinite(Number(value)))
    holder[name] = Math.round(Number(value));
  else if (issue.code === 'invalid_type' || issue.code === 'invalid_value')
    return !Array.isArray(holder) && Reflect.deleteProperty(holder, name);
  return holder[name] !== value;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isFields(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

/** Values that a file repeats with aliases become independent. */
function plainCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainCopy);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainCopy(each)]));
}

/** Returns the field of a problem, as users read it. */
export function fieldOf({ path }: SchemaProblem): string {
  return path.length === 0 ? '' : fieldName(path);
}
