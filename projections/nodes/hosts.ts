import { only } from '#domain/kernel/event/index.js';
import { enrolmentEvents } from '#domain/nodes/enrolment/events.js';
import { nodeEvents } from '#domain/nodes/node/events.js';
import { projection } from '#domain/kernel/projection.js';

/** `hosts`, id = node id. Outlives clears, because the id is derived from the machine's name. Nodes without an announced name have no document. */
export interface HostDocument {
  readonly nodeId: string;
  readonly hostname: string;
  readonly enrolledAt: number;
  readonly address?: string | undefined;
  readonly joined?: true | undefined;
}

const EVENTS = {
  ...only(enrolmentEvents, 'NodeEnrolled', 'NodeForgotten'),
  ...only(nodeEvents, 'NodeRegistered', 'NodeRemoved'),
};

export const hosts = projection<HostDocument, typeof EVENTS>({
  name: 'hosts',
  version: 2,
  outlivesClear: true,
  events: EVENTS,
  indexes: { waiting: ({ joined, address }) => (joined === true ? undefined : address) },
  touches: ({ data }) => [data.nodeId],
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
    }
  },
});
