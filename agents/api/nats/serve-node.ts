import type { Msg } from 'nats';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { agentOrder, agentQuery, CHUNK_HEADER, LAST_CHUNK_HEADER } from '#domain/protocol/index.js';
import { errorFields, type AgentLog } from '../../platform/log.js';
import type { AgentQueries } from '../../queries/agent-queries.js';
import type { Allocations } from '../../runner/allocations.js';
import type { NatsLink } from '../../platform/transport/nats/link.js';
import { LogSessions } from './log-sessions.js';
import { epochOf, parseMessage, respondError } from '../../platform/transport/nats/message.js';
import { RequestOpener, type OpenedRequest } from '../../platform/transport/nats/sealed-channel.js';
import { keysOfSecrets, type ChannelKey } from '../../platform/transport/nats/sealed-message.js';
import { nodeSubjects } from '../../platform/transport/nats/subjects.js';

export interface ServeNodeParts {
  readonly link: NatsLink;
  readonly nodeId: string;
  readonly allocations: Allocations;
  readonly queries: AgentQueries;
  readonly epoch: () => number | undefined;
  /** Returns the node's own secret, which seals messages from servers, or undefined if there is none. Without a secret, all messages are ignored. */
  readonly secret: () => string | undefined;
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

  const subscriptions = [
    link.subscribe(
      nodeSubjects.orders(nodeId),
      undefined,
      receive((message) => takeOrder(parts, message)),
    ),
    link.subscribe(
      nodeSubjects.query(nodeId),
      undefined,
      receive((message) => answerQuery(parts, sessions, message)),
    ),
  ];
  await sessions.run();
  for (const subscription of subscriptions) subscription.end();
}

async function takeOrder(parts: ServeNodeParts, message: OpenedRequest): Promise<void> {
  const { allocations } = parts;
  const order = parseMessage(message, agentOrder);
  const meant = refuseOtherEpoch(parts, message);
  if (order.order === 'place') {
    const { allocation_id } = order.allocation;
    await allocations.accept(order.allocation, meant);
    return message.respond(200, { message: 'Allocation accepted', allocation_id });
  }
  const { allocation_id } = order;
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(allocation_id) || !(await allocations.remove(allocation_id)))
    throw new MusterError('MUSTER_E_ALLOCATION_NOT_FOUND');
  message.respond(200, { message: `Allocation ${allocation_id} stopped and removed`, allocation_id });
}

function refuseOtherEpoch({ nodeId, epoch }: ServeNodeParts, { fields }: OpenedRequest): number {
  const meant = epochOf(fields);
  const current = epoch();
  if (meant === undefined || meant !== current)
    throw new MusterError('MUSTER_E_NODE_STALE_EPOCH', {
      nodeId,
      epoch: meant ?? 'none',
      current: current ?? 'none',
    });
  return meant;
}

async function answerQuery(
  parts: ServeNodeParts,
  sessions: LogSessions,
  message: OpenedRequest,
): Promise<void> {
  const { queries } = parts;
  const query = parseMessage(message, agentQuery);
  switch (query.query) {
    case 'status':
      return message.respond(200, queries.status(query.allocation_id));
    case 'usage':
      return message.respond(200, queries.usage());
    case 'usage.history':
      return message.respond(200, queries.usageHistory(query.allocation_id, query.last));
    case 'metrics':
      return message.respond(200, await queries.metrics());
    case 'volume.remove':
      refuseOtherEpoch(parts, message);
      return message.respond(200, await queries.removeVolume(query.volume));
    case 'logs':
      return message.respond(
        200,
        sessions.open((signal) => queries.logs(query.allocation_id, query, signal)),
      );
    case 'logs.next': {
      const { bytes, last } = await sessions.chunk(query.cursor, query.chunk);
      return message.respond(200, bytes, {
        [CHUNK_HEADER]: String(query.chunk),
        ...(last ? { [LAST_CHUNK_HEADER]: 'true' } : {}),
      });
    }
    case 'logs.close':
      sessions.close(query.cursor);
      return message.respond(200, { message: 'closed' });
  }
}
