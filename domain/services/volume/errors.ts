import { declareErrors } from '../../kernel/errors/index.js';

export const volumeErrors = declareErrors({
  MUSTER_E_VOLUME_NOT_FOUND: { status: 404, template: 'Volume not found' },
  MUSTER_E_VOLUME_NOT_YOURS: {
    status: 403,
    template: 'Insufficient permissions',
    hint: 'Who made the service that had it last and administrators may use and delete it.',
  },
  MUSTER_E_VOLUME_IN_USE: {
    status: 409,
    template: 'Volume {name} is used by the service {service}',
    hint: 'Any of its versions may be gone back to: it is free once that service is deleted.',
  },
  MUSTER_E_VOLUME_GOING: { status: 409, template: 'Volume {name} is being deleted' },
});
