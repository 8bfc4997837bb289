/** A NATS channel. `{node}` in its subject stands for the id of a node, in base64url without padding. */
interface Channel {
  readonly subject: string;
  readonly description: string;
  /** Name of the messages that are published on it, in the AsyncAPI description. */
  readonly message: string;
}

/** Channels of requests about one node: the first four to servers, the other two to the agent of the node. */
export const NODE_CHANNELS = {
  register: {
    subject: 'muster.register.{node}',
    description: 'A node registers',
    message: 'Registration',
  },
  heartbeat: {
    subject: 'muster.heartbeat.{node}',
    description: 'A node sends a heartbeat',
    message: 'Heartbeat',
  },
  desired: {
    subject: 'muster.desired.{node}',
    description: 'A node requests the list of allocations that it should run',
    message: 'DesiredRequest',
  },
  document: {
    subject: 'muster.document.{node}',
    description: 'A node requests a text blob by its hash',
    message: 'DocumentRequest',
  },
  orders: {
    subject: 'muster.node.{node}.orders',
    description: 'A server orders a node to run or stop an allocation',
    message: 'Order',
  },
  query: {
    subject: 'muster.node.{node}.query',
    description: 'A server queries a node for the status, usage and logs of its allocations',
    message: 'Query',
  },
} as const satisfies Readonly<Record<string, Channel>>;
export type NodeChannel = keyof typeof NODE_CHANNELS;

/** Channels between servers, without replies. */
export const SERVER_CHANNELS = {
  seen: {
    subject: 'muster.seen',
    description: 'Servers share which nodes they have heard from',
    message: 'Seen',
  },
  workers: {
    subject: 'muster.workers',
    description: 'Servers share which workers they have heard from',
    message: 'Workers',
  },
  publisher: {
    subject: 'muster.publisher',
    description: 'Servers that publish events share their positions',
    message: 'Publisher',
  },
} as const satisfies Readonly<Record<string, Channel>>;
