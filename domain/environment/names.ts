import { z } from 'zod';
import { MusterError } from '../errors/index.js';
import { aggregate } from '../event/index.js';
import { event, type EventsOf } from '../event/definition.js';
import { heldNameDecider } from '../held-name/index.js';
import { environmentErrors } from './errors.js';
import { environmentId } from './identifier.js';

const named = { reservation: z.string(), environmentId };

/** Stream `environmentname-<reservation>`; the reservation is made of tenant and name. It is taken before the environment says that it is its name. */
export const environmentNameEvents = {
  EnvironmentNameReserved: event(z.strictObject(named)),
  EnvironmentNameReleased: event(z.strictObject(named)),
} as const;

export type EnvironmentNameEvent = EventsOf<typeof environmentNameEvents>;

/** Which environment has a name in its tenant; its id is the reservation. Errors: `MUSTER_E_ENVIRONMENT_NAME_TAKEN`. */
export const environmentNames = aggregate({
  category: 'environmentname',
  owner: 'conda',
  events: environmentNameEvents,
  decider: heldNameDecider<string, EnvironmentNameEvent>({
    reserved: (reservation, id) => ({ type: 'EnvironmentNameReserved', data: { reservation, environmentId: id } }),
    released: (reservation, id) => ({ type: 'EnvironmentNameReleased', data: { reservation, environmentId: id } }),
    holderAfter: ({ type, data }) => (type === 'EnvironmentNameReserved' ? data.environmentId : undefined),
    taken: (name) => new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NAME_TAKEN, { name }),
  }),
});
