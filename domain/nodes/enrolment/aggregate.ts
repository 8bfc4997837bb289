import { aggregate, plainState } from '../../kernel/event/index.js';
import { enrolmentDecider, type EnrolmentState } from './decider.js';
import { enrolmentEvents } from './events.js';

export const enrolments = aggregate({
  category: 'enrolment',
  owner: 'accounts',
  events: enrolmentEvents,
  decider: enrolmentDecider,
  state: plainState<EnrolmentState>(1),
  outlivesClear: true,
});
