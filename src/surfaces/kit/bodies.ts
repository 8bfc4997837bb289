import type { FastifyInstance } from 'fastify';
import { MusterError } from '#domain/errors/index.js';
import { readWritten, withWritten, type Reading } from '#src/engine/written-texts.js';

/** Routes in this scope take JSON and nothing else, nested at most `depth` deep. */
export function takeJson(scope: FastifyInstance, depth: number): void {
  const parse = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text: string, done) => {
    if (deeperThan(text, depth)) done(new MusterError('MUSTER_E_BODY_INVALID', { problem: `is nested more than ${depth} deep` }), undefined);
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

/** Whether a JSON text opens more than `depth` arrays and objects inside each other. */
export function deeperThan(text: string, depth: number): boolean {
  let open = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (quoted) {
      if (character === BACKSLASH) index += 1;
      else if (character === QUOTE) quoted = false;
    } else if (character === QUOTE) {
      quoted = true;
    } else if (character === BRACKET || character === BRACE) {
      open += 1;
      if (open > depth) return true;
    } else if (character === BRACKET_END || character === BRACE_END) {
      open -= 1;
    }
  }
  return false;
}

const [QUOTE, BACKSLASH, BRACKET, BRACKET_END, BRACE, BRACE_END] = ['"', '\\', '[', ']', '{', '}'].map((sign) => sign.charCodeAt(0));
