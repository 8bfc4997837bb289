import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  FastifyServerOptions,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { describeIssue, MusterError } from '#domain/kernel/errors/index.js';
import { shorten } from './errors.js';

/** Fastify, with handlers whose types follow from the zod schemas of their routes. */
export type Scope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Validates parts of a request with zod. The error names the field. */
export const validateByZod: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data: unknown) => {
    const result = schema.safeParse(httpPart === 'body' ? (data ?? undefined) : data);
    return result.success
      ? { value: result.data }
      : { error: invalid(result.error.issues, httpPart ?? 'body') };
  };
};

/** Validators and serialisers, passed at creation so that fastify does not load its own. */
export const SCHEMAS: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: {
    // The type is that of Ajv's compiler, which never sees a zod schema.
    buildValidator: (() => validateByZod) as never,
    buildSerializer: () => () => (data) => JSON.stringify(data),
  },
};

/** Converts the first issue to an error that names its field, or `part` if the issue concerns the whole part. */
export function invalid(issues: readonly z.core.$ZodIssue[], part: string): MusterError {
  const { field, problem } = describeIssue(issues);
  return new MusterError('MUSTER_E_INVALID', {
    field: shorten(field ?? part, 200),
    problem: shorten(problem, 300),
  });
}
