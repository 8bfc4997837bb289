import { aggregate, plainState } from '../../kernel/event/index.js';
import { sessionDecider, type SessionState } from './decider.js';
import { sessionEvents } from './events.js';

export const sessions = aggregate({
  category: 'session',
  owner: 'accounts',
  events: sessionEvents,
  decider: sessionDecider,
  // Snapshots are needed because a page that stays open renews its session for days.
  state: plainState<SessionState>(2),
  outlivesClear: true,
});
