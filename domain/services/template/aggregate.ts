import { aggregate, plainState } from '../../kernel/event/index.js';
import { serviceTemplateDecider, type ServiceTemplateState } from './decider.js';
import { serviceTemplateErrors } from './errors.js';
import { serviceTemplateEvents } from './events.js';

export const serviceTemplates = aggregate({
  category: 'serviceTemplate',
  owner: 'services',
  events: serviceTemplateEvents,
  errors: serviceTemplateErrors,
  decider: serviceTemplateDecider,
  state: plainState<ServiceTemplateState>(1),
  outlivesClear: true,
});
