import { declareErrors } from '../../kernel/errors/index.js';

export const serviceErrors = declareErrors({
  MUSTER_E_SERVICE_NOT_FOUND: { status: 404, template: 'Service not found' },
  MUSTER_E_SERVICE_NOT_YOURS: {
    status: 403,
    template: 'Insufficient permissions',
    hint: 'Only its creator and administrators may change it.',
  },
  MUSTER_E_SERVICE_EXISTS: {
    status: 400,
    template: 'Service already exists for this tenant',
    hint: 'A tenant can have only one service of each type: change or delete the existing one.',
  },
  MUSTER_E_SERVICE_TOO_MANY: {
    status: 400,
    template: 'Tenant has reached maximum number of services',
    hint: 'Delete a service that is no longer needed, or ask an administrator to raise MUSTER_MAX_SERVICES_PER_TENANT.',
  },
  MUSTER_E_SERVICE_RUNNING: { status: 400, template: 'Service is already running' },
  MUSTER_E_SERVICE_DEPLOYING: {
    status: 400,
    template: 'Service deployment already in progress',
    hint: 'Stop it, or wait until it ends: GET …/deployments.',
  },
  MUSTER_E_SERVICE_NO_TEMPLATE: {
    status: 400,
    template:
      'the service does not use a template, so there is nothing to upgrade: update its config instead',
  },
  MUSTER_E_SERVICE_NO_ROOM: {
    status: 409,
    template:
      'the running instance was not stopped, because there is no room for the new version: {reason}. Ask for less, make room, or pass force',
  },
  MUSTER_E_SERVICE_INITIAL_VALUE: {
    status: 409,
    template:
      '{names}: read only while the volume {volume} is empty, and it has data, so the new value would not be in force. {advice}',
  },
  MUSTER_E_SERVICE_NO_ROTATE_STEP: {
    status: 400,
    template: 'variable: {problem}',
  },
  MUSTER_E_SERVICE_ROTATE_FAILED: {
    status: 409,
    template: '{name}: {problem}. No new version was recorded',
  },
  MUSTER_E_SERVICE_NOT_RUNNING: { status: 400, template: 'Service is not running' },
  MUSTER_E_SERVICE_TYPE_FIXED: {
    status: 400,
    template: 'type: cannot be changed from {type}',
  },
  MUSTER_E_SERVICE_VERSION_NOT_FOUND: { status: 404, template: 'the service has no version {version}' },
  MUSTER_E_SERVICE_DEPLOYMENT_NOT_FOUND: {
    status: 404,
    template: 'the service has no deployment {deployment}',
  },
  MUSTER_E_SERVICE_LOGS: {
    status: 500,
    template: 'Failed to get logs',
    hint: 'The node of an instance did not respond: try again.',
  },
  MUSTER_E_SERVICE_METRICS: {
    status: 500,
    template: 'Failed to get metrics',
    hint: 'The node of an instance did not respond: try again.',
  },
});
