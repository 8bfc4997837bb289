import { maxHeaderSize } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isMusterError, MusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { drainRequest } from './drain-request.js';
import type { Surfaces } from './surfaces.js';

const RETRY_AFTER = '1';

/** Sends every error response, including those for requests without a route, so that none has the framework's own format. */
export function answerErrors(
  app: FastifyInstance,
  surfaces: Surfaces,
  bodyBytes: number,
  clock: Pick<Clock, 'now' | 'sleep'>,
  wasExpected: (error: MusterError) => boolean = () => false,
): void {
  app.setErrorHandler((error, request, reply) => {
    const answer = (): void => {
      // Fastify closes a connection when it refuses a body, because the client may still send it. If all of it has arrived, another request can follow.
      if (request.raw.complete) reply.removeHeader('connection');
      const told = toMusterError(error, request, bodyBytes);
      if (told.status >= 500 && !wasExpected(told)) {
        if (isRefusal(told, error)) logRefusal(told, request);
        else logFailure(told, request, error);
      }
      sendError(surfaces, clock, told, request, reply);
    };
    if (reply.getHeader('connection') === 'close') drainRequest(request.raw, bodyBytes, clock, answer);
    else answer();
  });
  // If a stream fails after the status was sent, the connection is aborted and only the log contains the reason.
  app.addHook('onSend', (request, reply, payload, done) => {
    if (payload instanceof Readable)
      payload.once('error', (error) => {
        if (reply.raw.headersSent && !reply.raw.destroyed)
          logFailure(toMusterError(error, request, bodyBytes), request, error);
      });
    done(null, payload);
  });
  app.setNotFoundHandler((request, reply) => sendError(surfaces, clock, notFound(request), request, reply));
}

/** Handles errors before routing: an undecodable path or an overlong parameter. */
export function answerFrameworkError(
  surfaces: Surfaces,
  clock: Pick<Clock, 'now'>,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendError(surfaces, clock, notFound(request), request, reply);
}

/** Handles connections that do not speak HTTP or are too slow. If this process itself stalled, clients are not blamed. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  stoodStill: () => boolean,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, problem, code, retry = ''] = clientProblem(error.code, stoodStill);
  const body = JSON.stringify({ error: problem });
  socket.write(
    `HTTP/1.1 ${line}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Muster-Error: ${code}\r\n${retry}Connection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

function clientProblem(
  code: string | undefined,
  stoodStill: () => boolean,
): readonly [line: string, problem: string, code: ErrorCode, retry?: string] {
  if (code === 'HPE_HEADER_OVERFLOW')
    return [
      '431 Request Header Fields Too Large',
      `headers: larger than ${maxHeaderSize} bytes`,
      'MUSTER_E_INVALID',
    ];
  if (code !== 'ERR_HTTP_REQUEST_TIMEOUT')
    return ['400 Bad Request', 'request: is not valid HTTP', 'MUSTER_E_INVALID'];
  if (!stoodStill()) return ['408 Request Timeout', 'request: not complete in time', 'MUSTER_E_INVALID'];
  const overloaded: ErrorCode = 'MUSTER_E_OVERLOADED';
  return [
    '503 Service Unavailable',
    new MusterError(overloaded, { what: 'the server stalled' }).message,
    overloaded,
    `Retry-After: ${RETRY_AFTER}\r\n`,
  ];
}

function sendError(
  surfaces: Surfaces,
  clock: Pick<Clock, 'now'>,
  error: MusterError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const retryAfter = error.fields['retryAfter'] ?? (error.status === 503 ? RETRY_AFTER : undefined);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  reply.removeHeader('content-length');
  const {
    status = error.status,
    body,
    headers = {},
  } = surfaces.shapeOf(pathOf(request.url), request.headers)(error, clock.now());
  reply
    .code(status)
    .header('x-request-id', request.id)
    .header('x-muster-error', error.code)
    .header('content-type', 'application/json; charset=utf-8')
    .headers(headers)
    .send(JSON.stringify(body));
}

/** Whether a 503 is an ordinary refusal, not a failure: the object does not exist yet, or the server is overloaded. */
function isRefusal(told: MusterError, error: unknown): boolean {
  return told === error && told.status === 503 && told.cause === undefined;
}

/** Logs one line without a stack trace, because clients repeat such requests and the stack trace is always the same. */
function logRefusal({ code, message }: MusterError, request: FastifyRequest): void {
  request.log.warn(
    { code, requestId: request.id, method: request.method, route: request.routeOptions.url },
    message,
  );
}

function logFailure({ code, fields }: MusterError, request: FastifyRequest, err: unknown): void {
  request.log.error(
    { code, fields, requestId: request.id, method: request.method, route: request.routeOptions.url, err },
    code,
  );
}

function notFound(request: FastifyRequest): MusterError {
  return new MusterError('MUSTER_E_ROUTE_NOT_FOUND', {
    method: request.method,
    path: shorten(pathOf(request.url), 200),
  });
}

export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function toMusterError(error: unknown, request: FastifyRequest, bodyBytes: number): MusterError {
  if (isMusterError(error))
    return isMusterError(error, 'MUSTER_E_APPEND_TOO_LARGE')
      ? new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit: 262_144 }, { cause: error })
      : error;
  if (request.is404) return notFound(request);
  const { code, statusCode } = (error instanceof Error ? error : {}) as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new MusterError('MUSTER_E_BODY_TOO_LARGE', { limit: bodyBytes });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return new MusterError('MUSTER_E_BODY_INVALID', { problem: 'Content-Type must be application/json' });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new MusterError('MUSTER_E_BODY_INVALID', { problem: 'does not match Content-Length' });
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return new MusterError('MUSTER_E_BODY_INVALID', { problem: 'is not valid JSON' });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return notFound(request);
    default:
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
        return new MusterError('MUSTER_E_BODY_INVALID', { problem: 'could not be read' }, { cause: error });
      }
      return new MusterError('MUSTER_E_INTERNAL', { requestId: request.id }, { cause: error });
  }
}
