import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { readWritten, withWritten, type Reading } from '#domain/kernel/written-text.js';

/** Parses request bodies. Routes with a body schema accept only JSON with at most `depth` levels. Other routes ignore bodies of any type. */
export function readBodies(app: FastifyInstance, depth: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, _reply, done) => {
    // Without a type, the body goes to the last parser below.
    if (!hasBody(request)) delete request.headers['content-type'];
    done();
  });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    // Generated clients send a content type even if they omit an optional body.
    if (text === '' && isBodyOptional(request)) {
      done(null, undefined);
      return;
    }
    const refusal = request.bodyRefusal?.(text);
    const problem = problemOfJson(text, depth);
    if (refusal !== undefined) done(refusal, undefined);
    else if (problem !== undefined) done(new MusterError('MUSTER_E_BODY_INVALID', { problem }), undefined);
    else
      void parse(request, text, (error, body?: unknown) => {
        done(error, error === null ? withExactNumbers(text, body) : undefined);
      });
  });
  app.addContentTypeParser('*', (request, payload, done) => {
    if (hasBody(request)) {
      const problem = 'Content-Type must be application/json';
      done(new MusterError('MUSTER_E_BODY_INVALID', { problem }), undefined);
      return;
    }
    payload.resume();
    done(null, undefined);
  });
}

function hasBody({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.schema?.body !== undefined;
}

function isBodyOptional({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { readonly bodyOptional?: boolean }).bodyOptional === true;
}

/** Fields that accept numbers and strings, and must preserve numbers exactly. */
const EITHER: ReadonlyMap<string, Reading> = new Map(
  ['constraints', 'custom_variables', 'attributes', 'default'].map((field) => [field, 'differing'] as const),
);

/** Replaces numbers in the fields of {@link EITHER} with their source text if a double cannot represent them. */
function withExactNumbers(text: string, body: unknown): unknown {
  const written = withWritten(text, body);
  return written === body ? body : readWritten(written, EITHER);
}

const MAX_FIELDS = 4096;

/** Returns why a JSON text is refused, if it is: it is nested deeper than `depth`, or an object has too many fields. */
export function problemOfJson(text: string, depth: number): string | undefined {
  const fields: number[] = [];
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (quoted) {
      if (character === BACKSLASH) index += 1;
      else if (character === QUOTE) quoted = false;
    } else if (character === QUOTE) {
      quoted = true;
    } else if (character === BRACKET || character === BRACE) {
      fields.push(0);
      if (fields.length > depth) return `is nested more than ${depth} levels deep`;
    } else if (character === BRACKET_END || character === BRACE_END) {
      fields.pop();
    } else if (character === COLON && fields.length > 0) {
      const count = (fields.at(-1) ?? 0) + 1;
      fields[fields.length - 1] = count;
      if (count > MAX_FIELDS) return `has an object with more than ${MAX_FIELDS} fields`;
    }
  }
  return undefined;
}

const [QUOTE, BACKSLASH, BRACKET, BRACKET_END, BRACE, BRACE_END, COLON] = [
  '"',
  '\\',
  '[',
  ']',
  '{',
  '}',
  ':',
].map((sign) => sign.charCodeAt(0));
