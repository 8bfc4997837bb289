import type { Msg } from 'nats';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  agentOrder,
  agentQuery,
  CHUNK_HEADER,
  LAST_CHUNK_HEADER,
  requestedBy,
  type AgentHandlers,
  type AgentOrder,
  type AgentQuery,
  type NatsOperationName,
} from '#domain/protocol/index.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import { agentOperations, currentEpoch, type AgentCall, type OperationParts } from '../operations.js';
import type { NatsLink } from '../../platform/transport/nats/link.js';
import { LogSessions } from './log-sessions.js';
import { epochOf, parseMessage, respondError } from '../../platform/transport/nats/message.js';
import { RequestOpener, type OpenedRequest } from '../../platform/transport/nats/sealed-channel.js';
import { keysOfSecrets, type ChannelKey } from '../../platform/transport/sealed-message.js';
import { nodeSubjects } from '../../platform/transport/nats/subjects.js';

export interface ServeNodeParts extends OperationParts {
  readonly link: NatsLink;
  /** Returns the node's own secret, which seals messages from servers, or undefined if there is none. Without a secret, all messages are ignored. */
  readonly secret: () => string | undefined;
  /** Whether another agent holds the node id. Messages then are for that agent, which receives them too, and are ignored here. */
  readonly isRefused: () => boolean;
  readonly clock: Clock;
  readonly log: AgentLog;
  readonly life: AbortSignal;
}

const MAX_CONCURRENCY = 1024;

export async function serveNodeOverNats(parts: ServeNodeParts): Promise<void> {
  const { link, nodeId, log, life, clock } = parts;
  const sessions = new LogSessions(clock, life);
  const opener = new RequestOpener();
  const keyOf = keysOfSecrets(2);
  let atWork = 0;

  const findKey = (): ChannelKey => {
    const secret = parts.secret();
    if (secret === undefined)
      throw new MusterError('MUSTER_E_UNAUTHORIZED', {
        problem: 'this agent has not joined yet, so no server has its secret',
      });
    return keyOf(secret);
  };

  const receive =
    (work: (request: OpenedRequest) => Promise<void>) =>
    (message: Msg): void => {
      if (parts.isRefused()) return;
      if (atWork >= MAX_CONCURRENCY)
        return respondError(
          message,
          new MusterError('MUSTER_E_OVERLOADED', { what: `${MAX_CONCURRENCY} messages in progress` }),
        );
      atWork += 1;
      const done = async (): Promise<void> => {
        const defect = await opener.receive(message, findKey, work);
        atWork -= 1;
        if (defect !== undefined)
          log.error({ subject: message.subject, ...errorFields(defect) }, 'agent.nats.failed');
      };
      void done();
    };

  const handlers: AgentHandlers<NatsOperationName, NatsCall> = {
    ...agentOperations(parts),
    ...logOperations(parts, sessions),
  };
  const serve = <Schema extends typeof agentOrder | typeof agentQuery>(subject: string, schema: Schema) =>
    link.subscribe(
      subject,
      undefined,
      receive((request) => answer(parts, handlers, request, parseMessage(request, schema))),
    );
  const subscriptions = [
    serve(nodeSubjects.orders(nodeId), agentOrder),
    serve(nodeSubjects.query(nodeId), agentQuery),
  ];
  await sessions.run();
  for (const subscription of subscriptions) subscription.end();
}

interface NatsCall extends AgentCall {
  /** Headers of the answer. */
  readonly fields: Record<string, string>;
}

async function answer(
  parts: ServeNodeParts,
  handlers: AgentHandlers<NatsOperationName, NatsCall>,
  request: OpenedRequest,
  message: AgentOrder | AgentQuery,
): Promise<void> {
  const call = { fields: {}, refuseOtherEpoch: () => currentEpoch(parts, epochOf(request.fields)) };
  // The table pairs each message with the operation that it requests, which the compiler cannot see.
  const body = await handlers[requestedBy(message)](message as never, call);
  request.respond(200, body, call.fields);
}

/** A log is opened over NATS, and then fetched chunk by chunk. */
function logOperations({ queries }: ServeNodeParts, sessions: LogSessions) {
  return {
    openLog: (log) => sessions.open((signal) => queries.logs(log, signal)),

    async nextLogChunk({ cursor, chunk }, { fields }) {
      const { bytes, last } = await sessions.chunk(cursor, chunk);
      fields[CHUNK_HEADER] = String(chunk);
      if (last) fields[LAST_CHUNK_HEADER] = 'true';
      return bytes;
    },

    closeLog({ cursor }) {
      sessions.close(cursor);
      return { message: 'closed' };
    },
  } satisfies AgentHandlers<'openLog' | 'nextLogChunk' | 'closeLog', NatsCall>;
}
