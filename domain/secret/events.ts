import { z } from 'zod';
import { event, type EventsOf } from '../event/definition.js';
import { sealedText } from '../sealing/index.js';
import { secretName } from './name.js';

const ofSecret = { tenantId: z.string(), name: secretName };

/** Stream `secrets-<uuid of the tenant>`: the named secrets of a tenant. What they say is sealed for it. */
export const secretEvents = {
  /** It is there from now on, or says something else. */
  SecretSet: event(z.strictObject({ ...ofSecret, sealed: sealedText, setBy: z.string() })),
  SecretRemoved: event(z.strictObject(ofSecret)),
} as const;

export type SecretEvent = EventsOf<typeof secretEvents>;
