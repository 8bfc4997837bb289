import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/index.js';
import { secretName } from './name.js';

const ofSecret = { tenantId: z.string(), name: secretName };

/** Stream `secrets-<uuid of the tenant>`. Values are sealed for the tenant. */
export const secretEvents = {
  SecretSet: event(z.strictObject({ ...ofSecret, sealed: sealedText, setBy: z.string() })),
  SecretRemoved: event(z.strictObject(ofSecret)),
} as const;

export type SecretEvent = EventsOf<typeof secretEvents>;
