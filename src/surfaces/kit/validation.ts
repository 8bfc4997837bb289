import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { MusterError } from '#domain/errors/index.js';
import { shorten } from './errors.js';

/** Checks parts of a request by their zod schemas; the error names the field. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: invalid(result.error.issues, httpPart ?? 'body') };
  };
};

/** The first of the issues, as an error that names its field; `part` is the field where the whole is meant. */
export function invalid(issues: readonly z.core.$ZodIssue[], part: string): MusterError {
  const issue = deepest(issues[0]);
  if (issue === undefined) return new MusterError('MUSTER_E_INVALID', { field: part, problem: 'is not valid' });
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  const field = path.length === 0 ? part : fieldName(path);
  return new MusterError('MUSTER_E_INVALID', { field: shorten(field, 200), problem: shorten(problemOf(issue), 300) });
}

/** `['tasks', 0, 'name']` as `tasks[0].name`. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`)).join('');
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'is not a known key';
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

/** In a union the branch that got furthest says what is wrong. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const branches = issue.errors.flatMap((branch) => branch.slice(0, 1)).sort((a, b) => b.path.length - a.path.length);
  const furthest = branches[0];
  if (furthest === undefined || furthest.path.length === 0) {
    const expected = branches.flatMap((each) => (each.code === 'invalid_type' ? [each.expected] : []));
    return expected.length === branches.length && expected.length > 0
      ? { ...issue, message: `expected ${[...new Set(expected)].join(' or ')}` }
      : furthest === undefined ? issue : { ...(deepest(furthest) ?? furthest), path: [...issue.path, ...furthest.path] };
  }
  const inner = deepest(furthest) ?? furthest;
  return { ...inner, path: [...issue.path, ...inner.path] };
}
