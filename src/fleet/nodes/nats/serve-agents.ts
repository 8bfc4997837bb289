import type { Msg } from 'nats';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { parseMessage, respondError } from '#agents/platform/transport/nats/message.js';
import { SERVER_SUBJECTS, SERVERS_QUEUE } from '#agents/platform/transport/nats/subjects.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { SERVER_OPERATIONS, type MessageOf, type ServerNatsOperation } from '#domain/protocol/index.js';
import { AgentRequests, type AgentRequestParts, type RequestHandler } from './agent-requests.js';
import { serverOperations, type ServerOperationParts } from './server-operations.js';

/** What {@link serveAgentsOverNats} needs of a server. */
export type ServeAgentsOptions = AgentRequestParts &
  ServerOperationParts & {
    readonly link: NatsLink;
    /** Maximum number of messages that are handled at the same time. @default 1024 */
    readonly atOnce?: number;
  };

export interface ServedAgents {
  atWork(): number;
  stop(): Promise<void>;
}

/** Serves agents' requests over NATS with the same commands and errors as over HTTP. Each message is handled by exactly one server. */
export function serveAgentsOverNats(options: ServeAgentsOptions): ServedAgents {
  const { link, atOnce = 1024 } = options;
  const requests = new AgentRequests(options);
  const operations = serverOperations(options);
  const working = new Set<Promise<void>>();

  const receive = (message: Msg, handle: RequestHandler): void => {
    if (working.size >= atOnce)
      return respondError(
        message,
        new MusterError('MUSTER_E_OVERLOADED', { what: `${atOnce} messages are in progress` }),
      );
    const one = requests.receive(message, handle).finally(() => working.delete(one));
    working.add(one);
  };

  const serve = <Name extends ServerNatsOperation>(name: Name) => {
    const { channel, message: schema } = SERVER_OPERATIONS[name].nats;
    return link.subscribe(SERVER_SUBJECTS[channel], SERVERS_QUEUE, (message) =>
      receive(message, async (request, nodeId) => {
        const body = parseMessage(request, schema) as MessageOf<(typeof SERVER_OPERATIONS)[Name]>;
        refuseOtherNode(nodeId, body.node_id);
        await operations[name](request, body);
      }),
    );
  };
  const subscriptions = (Object.keys(operations) as ServerNatsOperation[]).map(serve);

  return {
    atWork: () => working.size,
    async stop() {
      for (const subscription of subscriptions) subscription.end();
      while (working.size > 0) await Promise.all(working);
    },
  };
}

function refuseOtherNode(ofSubject: string, ofBody: string): void {
  if (ofSubject !== ofBody)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'node_id',
      problem: 'must match the node id in the subject',
    });
}
