import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';

/** The revision that it got in `counter-<name>`, plus one, is the number taken. One that came to nothing is a gap. */
export const counterEvents = {
  NumberTaken: event(z.strictObject({ counter: z.string(), for: z.string() })),
} as const;

export type CounterEvent = EventsOf<typeof counterEvents>;
