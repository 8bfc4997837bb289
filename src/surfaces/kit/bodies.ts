import type { FastifyInstance } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import { readWritten, withWritten, type Reading } from '#src/engine/written-texts.js';

/** Routes in this scope take JSON and nothing else, nested at most `depth` deep. */
export function takeJson(scope: FastifyInstance, depth: number): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    const problem = problemOfJson(text, depth);
    if (problem !== undefined) done(new MusterError('MUSTER_E_BODY_INVALID', { problem }), undefined);
    else
      void parse(request, text, (error, body?: unknown) => {
        done(error, error === null ? withExactNumbers(text, body) : undefined);
      });
  });
  scope.addContentTypeParser('*', (_request, _payload, done) => {
    done(new MusterError('MUSTER_E_BODY_INVALID', { problem: 'Content-Type must be application/json' }), undefined);
  });
}

/** Fields of bodies that take numbers as well as texts, and compare or fill in what they were sent as a text. */
const EITHER: ReadonlyMap<string, Reading> = new Map(
  ['constraints', 'custom_variables', 'attributes', 'default'].map((field) => [field, 'differing'] as const),
);

/** The body with a text for each number there that a double cannot hold as it was sent. */
function withExactNumbers(text: string, body: unknown): unknown {
  const written = withWritten(text, body);
  return written === body ? body : readWritten(written, EITHER);
}

/** Routes in this scope have no body: one that is sent all the same is ignored, whatever it says that it is. */
export function ignoreBodies(scope: FastifyInstance): void {
  dropBodies(scope);
  scope.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['content-type'];
    done();
  });
}

/** Bodies of whatever type are let go by unread. */
export function dropBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null, undefined);
  });
}

/** Fields of one object. Each is validated on its own, and half a megabyte holds enough of them to keep everybody waiting. */
const MAX_FIELDS = 4096;

/** Why a JSON text is not read: it opens more than `depth` arrays and objects inside each other, or an object has too many fields. */
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

const [QUOTE, BACKSLASH, BRACKET, BRACKET_END, BRACE, BRACE_END, COLON] = ['"', '\\', '[', ']', '{', '}', ':'].map((sign) => sign.charCodeAt(0));
