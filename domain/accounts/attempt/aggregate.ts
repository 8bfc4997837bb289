import { aggregate, plainState } from '../../kernel/event/index.js';
import { attemptDecider, type AttemptState } from './decider.js';
import { attemptEvents } from './events.js';

/** One stream per account. Clearing the cluster does not affect it. */
export const attempts = aggregate({
  category: 'attempt',
  owner: 'accounts',
  events: attemptEvents,
  decider: attemptDecider,
  state: plainState<AttemptState>(1),
  outlivesClear: true,
});

/** Id of the stream of attempts without a known account. */
export const UNKNOWN_ACCOUNT = 'unknown';
