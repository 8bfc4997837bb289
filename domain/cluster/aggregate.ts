import { aggregate, CLUSTER_STREAM } from '../kernel/event/index.js';
import { clusterDecider } from './decider.js';
import { clusterEvents } from './events.js';

export const cluster = aggregate({
  category: CLUSTER_STREAM,
  owner: 'fleet',
  events: clusterEvents,
  decider: clusterDecider,
  outlivesClear: true,
  stream: CLUSTER_STREAM,
});
