import { aggregate, plainState } from '../../kernel/event/index.js';
import { jobDecider, type JobState } from './decider.js';
import { jobEvents } from './events.js';

export const jobs = aggregate({
  category: 'job',
  owner: 'fleet',
  events: jobEvents,
  decider: jobDecider,
  state: plainState<JobState>(3),
});
