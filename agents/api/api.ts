import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { describeIssue, isMusterError, MusterError, type AnyErrorCode } from '#domain/kernel/errors/index.js';
import { volumeName } from '#domain/jobs/job/volume.js';
import {
  AGENT_OPERATIONS,
  allocationOrder,
  CHALLENGE_HEADER,
  COMMAND_OPERATIONS,
  EPOCH_HEADER,
  killTimeouts,
  newestPoints,
  stopQuery,
  type CommandOperation,
  type HttpOperationName,
  type KillTimeouts,
} from '#domain/protocol/index.js';
import {
  admitOwnNames,
  handleHeadRequests,
  isForForeignPage,
  goneSignal,
  NAMED_RESPONSES,
  OCTET_STREAM,
  prefersOctets,
  type HostNames,
  type LocalConnections,
} from '../platform/listener/index.js';
import { errorFields, type AgentLog } from '../platform/log.js';
import { bodyDigestOf, ORDER_SCHEME } from '../platform/transport/agent-proof.js';
import { WRITTEN_LINKS, generatedDocument, type WrittenDocument } from '../platform/generated-document.js';
import { refusal, type OrderProofCheck } from './authorization.js';
import { readBodies } from './body.js';
import { logQuery } from './log-query.js';
import { agentOperations, currentEpoch, type AgentCall, type OperationParts } from './operations.js';
import { UnprovenConnections } from './unproven-connections.js';

export interface ApiParts extends OperationParts {
  readonly log: AgentLog;
  /** Checks each request. Undefined: an agent without a join token serves its own user. */
  readonly orders: OrderProofCheck | undefined;
  readonly names: HostNames;
  readonly local: Pick<LocalConnections, 'isOperator'>;
  readonly isReady: () => boolean;
}

export function buildApi(parts: ApiParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: 1_073_741_824,
    requestTimeout: 0,
    forceCloseConnections: true,
    http: { ...NAMED_RESPONSES, requireHostHeader: false },
    routerOptions: { maxParamLength: 8192 },
    frameworkErrors: (error, _request, reply) => void answerError(parts, error, reply as FastifyReply),
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      const body = JSON.stringify({ error: 'request: is not valid HTTP' });
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nX-Muster-Error: MUSTER_E_INVALID\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  });
  admitOwnNames(app, parts.names);
  handleHeadRequests(app);
  readBodies(app);
  app.setErrorHandler((error, _request, reply) => answerError(parts, error, reply));
  app.setNotFoundHandler((request, reply) => {
    if (/^\/allocations\//.test(request.url))
      return answerError(parts, new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND'), reply);
    return answerError(
      parts,
      new MusterError('MUSTER_E_ROUTE_NOT_FOUND', {
        method: request.method,
        path: request.url.slice(0, 200),
      }),
      reply,
    );
  });

  app.get('/docs', () => ({ name: 'muster agent', documents: WRITTEN_LINKS, health: ['/livez', '/readyz'] }));
  for (const { name, url } of WRITTEN_LINKS) app.get(url, () => generatedDocument(name as WrittenDocument));
  app.get('/livez', () => ({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    if (parts.isReady()) return reply.send({ status: 'ok' });
    return reply.code(503).send({ error: 'not ready: not registered with the server' });
  });

  void app.register(async (scope) => {
    const connections = new UnprovenConnections(app.server);
    scope.addHook('onRequest', async (request, reply) => {
      await authorize(parts, request, reply);
      connections.prove(request.raw.socket);
    });
    scope.addHook('preValidation', async (request) => refuseOtherBody(request));
    for (const [name, handler] of Object.entries(handlersOf(parts))) {
      const { method, path } = AGENT_OPERATIONS[name as HttpOperationName].http;
      scope.route({ method, url: path, handler });
    }
  });
  return app;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

function handlersOf(parts: ApiParts): Readonly<Record<HttpOperationName, Handler>> {
  const { queries } = parts;
  const operations = agentOperations(parts);
  const callOf = (request: FastifyRequest): AgentCall => ({
    refuseOtherEpoch: () => refuseOtherEpoch(parts, request),
  });
  return {
    place: (request) =>
      operations.place({ allocation: parsed(allocationOrder, request.body) }, callOf(request)),

    list() {
      const list = queries.list();
      return { allocations: list, count: list.length };
    },

    status: (request, reply) => reply.send(operations.status(allocationIn(request))),

    // The contract allows exactly one key.
    stop: async (request) => ({
      message: (
        await operations.stop({ ...allocationIn(request), ...killTimeoutsIn(request) }, callOf(request))
      ).message,
    }),

    usageHistory: (request) =>
      operations.usageHistory({ ...allocationIn(request), ...parsed(historyQuery, request.query) }),

    readLog: (request, reply) => sendLogs(parts, request, reply),

    async removeVolume(request) {
      const volume = volumeName.safeParse(parameter(request, 'name'));
      if (!volume.success)
        throw new MusterError('MUSTER_E_INVALID', { field: 'name', problem: 'is not a valid volume name' });
      return await operations.removeVolume({ volume: volume.data }, callOf(request));
    },

    ...commandHandlers(operations),

    usage: () => operations.usage(),

    metrics: () => operations.metrics(),
  };
}

/** Over HTTP, the body of such a request is the same as its message over NATS. */
function commandHandlers(operations: ReturnType<typeof agentOperations>) {
  const handler = (name: CommandOperation): Handler => {
    const schema = (AGENT_OPERATIONS[name].nats.message as z.ZodObject).omit({ query: true });
    // The schema is that of the operation's own input, which the compiler cannot see.
    return async (request) => await operations[name](parsed(schema, request.body) as never);
  };
  return Object.fromEntries(COMMAND_OPERATIONS.map((name) => [name, handler(name)])) as Record<
    CommandOperation,
    Handler
  >;
}

function allocationIn(request: FastifyRequest): { readonly allocation_id: string } {
  return { allocation_id: parameter(request, 'allocation_id') };
}

function parameter({ params }: FastifyRequest, name: string): string {
  return (params as Readonly<Record<string, string>>)[name] ?? '';
}

const historyQuery = z.strictObject({ last: newestPoints });

async function authorize(
  { orders, local }: ApiParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (orders !== undefined) {
    reply.header(CHALLENGE_HEADER, orders.challenge());
    const { method, url: path, headers } = request;
    request.provenBody = orders.check({ method, path, headers });
    return;
  }
  if (request.headers.authorization !== undefined)
    throw refusal('this agent has no join token (MUSTER_JOIN_TOKEN), so it cannot check credentials');
  if (isForForeignPage(request.headers))
    throw refusal('the request comes from a page with a different origin');
  if (!(await local.isOperator(request.raw.socket)))
    throw refusal(
      'other users can call this agent only with a join token, and it has none (MUSTER_JOIN_TOKEN)',
    );
}

/** The proof covers the body, which was not read when the proof was checked. */
function refuseOtherBody({ provenBody, bodyDigest = bodyDigestOf('') }: FastifyRequest): void {
  if (provenBody !== undefined && provenBody !== bodyDigest)
    throw refusal('the body differs from the one that the proof of the server covers');
}

/** Returns the epoch from the request header and refuses an epoch that is not current. If the header is missing, every epoch is accepted. */
function refuseOtherEpoch(parts: ApiParts, request: FastifyRequest): number | undefined {
  const header = request.headers[EPOCH_HEADER];
  if (header === undefined) return undefined;
  if (typeof header !== 'string' || !/^\d{1,15}$/.test(header))
    throw new MusterError('MUSTER_E_INVALID', { field: EPOCH_HEADER, problem: 'must be a number' });
  return currentEpoch(parts, Number(header));
}

const TEXT = 'text/plain; charset=utf-8';

function sendLogs(parts: ApiParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const log = { ...allocationIn(request), ...parsed(logQuery, request.query) };
  const { chunks } = parts.queries.logs(log, goneSignal(reply));
  const body = Readable.from(chunks, { objectMode: false });
  body.on('error', (error) =>
    parts.log.debug({ allocationId: log.allocation_id, ...errorFields(error) }, 'agent.logs.ended'),
  );
  const octets = prefersOctets(request.headers.accept ?? '', TEXT);
  void reply
    .header('content-type', octets ? OCTET_STREAM : TEXT)
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store');
  reply.raw.on('pipe', () => reply.raw.flushHeaders());
  return reply.send(body);
}

function answerError(parts: ApiParts, error: unknown, reply: FastifyReply): FastifyReply {
  if (isMusterError(error)) {
    if (error.code === 'MUSTER_E_UNAUTHORIZED') void reply.header('www-authenticate', ORDER_SCHEME);
    return sendError(reply, error.status, error.code, error.message);
  }
  const status =
    error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
      ? error.statusCode
      : 500;
  if (status === 415)
    return answerError(
      parts,
      new MusterError('MUSTER_E_BODY_INVALID', { problem: 'must be application/json' }),
      reply,
    );
  if (status === 404)
    return sendError(
      reply,
      404,
      'MUSTER_E_ROUTE_NOT_FOUND',
      `request: ${error instanceof Error ? error.message : 'malformed'}`,
    );
  if (status >= 400 && status < 500)
    return sendError(
      reply,
      400,
      'MUSTER_E_INVALID',
      `request: ${error instanceof Error ? error.message : 'malformed'}`,
    );
  parts.log.error(errorFields(error), 'agent.api.failed');
  return sendError(
    reply,
    500,
    'MUSTER_E_INTERNAL',
    `the agent failed: ${error instanceof Error ? error.message : String(error)}`,
  );
}

function sendError(reply: FastifyReply, status: number, code: AnyErrorCode, error: string): FastifyReply {
  return reply.code(status).header('x-muster-error', code).send({ error });
}

function killTimeoutsIn(request: FastifyRequest): { readonly kill_timeouts?: KillTimeouts } {
  const { kill_timeouts: text } = parsed(stopQuery, request.query);
  if (text === undefined) return {};
  try {
    return { kill_timeouts: parsed(killTimeouts, JSON.parse(text)) };
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw new MusterError('MUSTER_E_INVALID', { field: 'kill_timeouts', problem: 'is not valid JSON' });
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path, problem } = describeIssue(error.issues);
  throw new MusterError('MUSTER_E_INVALID', { field: path.length === 0 ? 'body' : path.join('.'), problem });
}
