import { aggregate, plainState } from '../../kernel/event/index.js';
import { userDecider } from './decider.js';
import { userEvents } from './events.js';
import type { UserState } from './state.js';

export const users = aggregate({
  category: 'user',
  owner: 'accounts',
  events: userEvents,
  decider: userDecider,
  state: plainState<UserState>(3),
  outlivesClear: true,
});
