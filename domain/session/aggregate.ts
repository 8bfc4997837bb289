import { aggregate, plainState } from '../event/index.js';
import { sessionDecider, type SessionState } from './decider.js';
import { sessionEvents } from './events.js';

/** Sessions end with the cluster's data no more than accounts do. */
export const sessions = aggregate({
  category: 'session',
  owner: 'accounts',
  events: sessionEvents,
  decider: sessionDecider,
  // A page that is left open renews its session for days.
  state: plainState<SessionState>(2),
  outlivesClear: true,
});
