import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { readWritten, withWritten, type Reading } from '#src/engine/written-texts.js';

/** Makes routes of this scope accept only JSON, with at most `depth` levels. */
export function takeJson(scope: FastifyInstance, depth: number): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    // Generated clients name the type of an optional body that their caller left out as well.
    if (text === '' && takesNoBody(request)) {
      done(null, undefined);
      return;
    }
    const problem = problemOfJson(text, depth);
    if (problem !== undefined) done(new MusterError('MUSTER_E_BODY_INVALID', { problem }), undefined);
    else
      void parse(request, text, (error, body?: unknown) => {
        done(error, error === null ? withExactNumbers(text, body) : undefined);
      });
  });
  scope.addContentTypeParser('*', (_request, _payload, done) => {
    done(
      new MusterError('MUSTER_E_BODY_INVALID', { problem: 'Content-Type must be application/json' }),
      undefined,
    );
  });
}

function takesNoBody({ routeOptions }: FastifyRequest): boolean {
  return (routeOptions.config as { readonly bodyOptional?: boolean }).bodyOptional === true;
}

/** Fields that accept numbers and texts, and must preserve numbers exactly. */
const EITHER: ReadonlyMap<string, Reading> = new Map(
  ['constraints', 'custom_variables', 'attributes', 'default'].map((field) => [field, 'differing'] as const),
);

/** Replaces numbers of those fields by their text if a double cannot represent them. */
function withExactNumbers(text: string, body: unknown): unknown {
  const written = withWritten(text, body);
  return written === body ? body : readWritten(written, EITHER);
}

export function ignoreBodies(scope: FastifyInstance): void {
  dropBodies(scope);
  scope.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['content-type'];
    done();
  });
}

export function dropBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null, undefined);
  });
}

/** Limit of fields in one object. Each is validated separately, and half a megabyte can hold enough to block the event loop. */
const MAX_FIELDS = 4096;

/** Explains why a JSON text is refused: it is nested deeper than `depth`, or an object has too many fields. */
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
      if (fields.length > depth) return `is nested more than ${depth} deep`;
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
