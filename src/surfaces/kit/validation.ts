import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import { z } from 'zod';
import { deepestIssue, MusterError } from '#domain/errors/index.js';
import { shorten } from './errors.js';

/** Checks parts of a request by their zod schemas; the error names the field. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    // A request without a body has a body of null.
    const result = schema.safeParse(httpPart === 'body' ? (data ?? undefined) : data);
    return result.success ? { value: result.data } : { error: invalid(result.error.issues, httpPart ?? 'body') };
  };
};

/** What checks requests and writes answers. Given to a server when it is made, because fastify then does not load its own. */
export const SCHEMAS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: {
    // Its type is that of Ajv's compiler, which a schema of zod never meets.
    buildValidator: (() => validateByZod) as never,
    buildSerializer: () => () => (data) => JSON.stringify(data),
  },
};

/** The first of the issues, as an error that names its field; `part` is the field where the whole is meant. */
export function invalid(issues: readonly z.core.$ZodIssue[], part: string): MusterError {
  const issue = deepestIssue(issues[0]);
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
