import { MODELS, type HostDocument } from './documents.js';
import { projection } from './projection.js';

/** Machines that have said their name, by the id of their node. */
export const hosts = projection<HostDocument>({
  name: MODELS.hosts,
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
