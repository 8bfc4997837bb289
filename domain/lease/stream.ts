import type { StreamKind } from '../event/index.js';
import { leaseEvents } from './events.js';

/** Who does what only one server does at a time. */
export const leases = { category: 'lease', owner: 'fleet', events: leaseEvents } as const satisfies StreamKind;
