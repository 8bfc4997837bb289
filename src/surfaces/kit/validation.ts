import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { z } from 'zod';
import { issueInWords, MusterError } from '#domain/errors/index.js';
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
  const { field, problem } = issueInWords(issues);
  return new MusterError('MUSTER_E_INVALID', { field: shorten(field ?? part, 200), problem: shorten(problem, 300) });
}
