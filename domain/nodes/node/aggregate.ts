import { aggregate } from '../../kernel/event/index.js';
import { nodeDecider } from './decider.js';
import { nodeEvents } from './events.js';
import { nodeStateCodec } from './state-codec.js';

export const nodes = aggregate({
  category: 'node',
  owner: 'fleet',
  events: nodeEvents,
  decider: nodeDecider,
  state: nodeStateCodec,
});
