import { aggregate, plainState } from '../../kernel/event/index.js';
import { templateDecider, type TemplateState } from './decider.js';
import { templateEvents } from './events.js';

export const templates = aggregate({
  category: 'template',
  owner: 'cluster',
  events: templateEvents,
  decider: templateDecider,
  state: plainState<TemplateState>(1),
});
