import { z } from 'zod';
import { MusterError } from '../../kernel/errors/index.js';
import type { Decider } from '../../kernel/event/index.js';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { heldNameDecider, type HeldNameCommand, type HeldNameState } from '../../kernel/held-name.js';
import { environmentErrors } from './errors.js';
import { environmentId } from './identifier.js';

const named = { reservation: z.string(), environmentId };

/**
 * Stream `environmentname-<reservation>`; the reservation is derived from tenant and name. The name is reserved before
 * the environment adopts it.
 */
export const environmentNameEvents = {
  EnvironmentNameReserved: event(z.strictObject(named)),
  EnvironmentNameReleased: event(z.strictObject(named)),
} as const;

export type EnvironmentNameEvent = EventsOf<typeof environmentNameEvents>;

/** Assigns a name to an environment within its tenant. Throws `MUSTER_E_ENVIRONMENT_NAME_TAKEN`. */
export const environmentNameDecider: Decider<
  HeldNameCommand<string>,
  EnvironmentNameEvent,
  HeldNameState<string>
> = heldNameDecider<string, EnvironmentNameEvent>({
  reserved: (reservation, id) => ({
    type: 'EnvironmentNameReserved',
    data: { reservation, environmentId: id },
  }),
  released: (reservation, id) => ({
    type: 'EnvironmentNameReleased',
    data: { reservation, environmentId: id },
  }),
  holderAfter: (event) => (event.type === 'EnvironmentNameReserved' ? event.data.environmentId : undefined),
  taken: (what) => new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NAME_TAKEN, { what }),
});
