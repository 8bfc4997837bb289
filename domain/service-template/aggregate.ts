import { aggregate, plainState } from '../event/index.js';
import { serviceTemplateDecider, type ServiceTemplateState } from './decider.js';
import { serviceTemplateErrors } from './errors.js';
import { serviceTemplateEvents } from './events.js';

/** What services are made of: no part of the cluster's data, so it stays where these are cleared. */
export const serviceTemplates = aggregate({
  category: 'serviceTemplate',
  owner: 'services',
  events: serviceTemplateEvents,
  errors: serviceTemplateErrors,
  decider: serviceTemplateDecider,
  state: plainState<ServiceTemplateState>(1),
  outlivesClear: true,
});
