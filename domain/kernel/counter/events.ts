import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

/** The number is the event's revision in `counter-<name>` plus one. A number whose use failed is not issued again. */
export const counterEvents = {
  NumberTaken: event(z.strictObject({ counter: z.string(), for: z.string() })),
} as const;

export type CounterEvent = EventsOf<typeof counterEvents>;
