import { declareErrors } from '../../kernel/errors/index.js';

export const serviceErrors = declareErrors({
  MUSTER_E_SERVICE_NOT_FOUND: { status: 404, template: 'Service not found' },
  MUSTER_E_SERVICE_NOT_YOURS: {
    status: 403,
    template: 'Insufficient permissions',
    hint: 'Who made the service and administrators change it.',
  },
  MUSTER_E_SERVICE_EXISTS: {
    status: 400,
    template: 'Service already exists for this tenant',
    hint: 'A tenant has one service of a type: change or delete that one.',
  },
  MUSTER_E_SERVICE_TOO_MANY: {
    status: 400,
    template: 'Tenant has reached maximum number of services',
    hint: 'Delete one that is not needed; an administrator can raise MUSTER_MAX_SERVICES_PER_TENANT.',
  },
  MUSTER_E_SERVICE_RUNNING: { status: 400, template: 'Service is already running' },
  MUSTER_E_SERVICE_DEPLOYING: {
    status: 400,
    template: 'Service deployment already in progress',
    hint: 'Stop it, or wait for its end: GET …/deployments.',
  },
  MUSTER_E_SERVICE_NOT_RUNNING: { status: 400, template: 'Service is not running' },
  MUSTER_E_SERVICE_TYPE_FIXED: {
    status: 400,
    template: 'type: a service keeps the type that it was made with, {type}',
  },
  MUSTER_E_SERVICE_VERSION_NOT_FOUND: { status: 404, template: 'the service has no version {version}' },
  MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND: {
    status: 404,
    template: 'the service has no deployment {deployment}',
  },
  MUSTER_E_SERVICE_LOGS: {
    status: 500,
    template: 'Failed to get logs',
    hint: 'The node of an instance did not answer: try again.',
  },
  MUSTER_E_SERVICE_METRICS: {
    status: 500,
    template: 'Failed to get metrics',
    hint: 'The node of an instance did not answer: try again.',
  },
});
