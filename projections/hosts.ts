import { projection } from './projection.js';

/** `hosts`, id = node id. Outlives clears: a machine keeps the id that its name gave it. A node that never said a name has none. */
export interface HostDocument {
  readonly nodeId: string;
  /** As it was sent first. */
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly enrolledAt: number;
  /** Digest of the address that said the name. */
  readonly address?: string | undefined;
  /** A node of it has registered. */
  readonly joined?: true | undefined;
}

/** Machines that have said their name, by the id of their node. */
export const hosts = projection<HostDocument>({
  name: 'hosts',
  version: 2,
  outlivesClear: true,
  events: ['NodeEnrolled', 'NodeForgotten', 'NodeRegistered', 'NodeRemoved'],
  indexes: { waiting: ({ joined, address }) => (joined === true ? undefined : address) },
  touches: (event) => ('nodeId' in event.data ? [event.data.nodeId] : []),
  evolve: (host, event) => {
    switch (event.type) {
      case 'NodeEnrolled':
        return { ...event.data, enrolledAt: event.metadata.at };
      case 'NodeRegistered':
        return host === undefined || host.joined === true ? host : { ...host, joined: true };
      case 'NodeRemoved':
        return host === undefined ? undefined : { ...host, joined: undefined };
      case 'NodeForgotten':
        return undefined;
      default:
        return host;
    }
  },
});
