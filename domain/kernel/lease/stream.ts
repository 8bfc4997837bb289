import type { StreamKind } from '../event/index.js';
import { leaseEvents } from './events.js';

export const leases = {
  category: 'lease',
  owner: 'fleet',
  events: leaseEvents,
} as const satisfies StreamKind;
