import { declareErrors } from '../kernel/errors/index.js';

export const volumeErrors = declareErrors({
  MUSTER_E_VOLUME_NOT_FOUND: { status: 404, template: 'Volume not found' },
  MUSTER_E_VOLUME_NOT_YOURS: {
    status: 403,
    template: 'Insufficient permissions',
    hint: 'Only administrators and the creator of the last service that used it may use and delete it.',
  },
  MUSTER_E_VOLUME_IN_USE: {
    status: 409,
    template: 'Volume {name} is used by the service {service}',
    hint: 'Any version of the service may be restored, so the volume remains in use until the service is deleted.',
  },
  MUSTER_E_VOLUME_REACHABLE: {
    status: 409,
    template: 'Volume {name} is on node {node}, which is up, and its service is not stopped',
    hint: 'Stop the service first: muster service stop SERVICE',
  },
  MUSTER_E_VOLUME_RUNNING: {
    status: 409,
    template: 'Volume {name} was not copied: its service {service} is not stopped',
    hint: 'Stop the service first: muster service stop SERVICE',
  },
  MUSTER_E_VOLUME_NOT_COPIED: { status: 409, template: 'Volume {name} was not copied: {problem}' },
  MUSTER_E_VOLUME_COPY_NOT_FOUND: { status: 404, template: 'There is no such running restore' },
  MUSTER_E_VOLUME_GOING: { status: 409, template: 'Volume {name} is being deleted' },
});
