import { aggregate, plainState } from '../event/index.js';
import { counterDecider } from './decider.js';
import { counterEvents } from './events.js';

export const counters = aggregate({
  category: 'counter',
  owner: 'accounts',
  events: counterEvents,
  decider: counterDecider,
  state: plainState<null>(1),
  outlivesClear: true,
});
