import { projection } from './projection.js';

/** `hosts`, id = node id. Outlives clears: a machine keeps the id that its name gave it. A node that never said a name has none. */
export interface HostDocument {
  readonly nodeId: string;
  /** As it was sent first. */
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly enrolledAt: number;
}

/** Machines that have said their name, by the id of their node. */
export const hosts = projection<HostDocument>({
  name: 'hosts',
  version: 1,
  outlivesClear: true,
  events: ['NodeEnrolled', 'NodeForgotten'],
  touches: (event) => ('nodeId' in event.data ? [event.data.nodeId] : []),
  evolve: (host, event) => {
    switch (event.type) {
      case 'NodeEnrolled':
        return { nodeId: event.data.nodeId, hostname: event.data.hostname, enrolledAt: event.metadata.at };
      case 'NodeForgotten':
        return undefined;
      default:
        return host;
    }
  },
});
