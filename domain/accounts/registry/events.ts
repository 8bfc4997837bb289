import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';
import { sealedText } from '../../kernel/sealing/index.js';
import { registryHost } from './host.js';

const ofRegistry = { tenantId: z.string(), host: registryHost };

/** Stream `registries-<uuid of the tenant>`. Name and password are sealed for the tenant. */
export const registryEvents = {
  RegistryCredentialSet: event(z.strictObject({ ...ofRegistry, sealed: sealedText, setBy: z.string() })),
  RegistryCredentialRemoved: event(z.strictObject(ofRegistry)),
} as const;

export type RegistryEvent = EventsOf<typeof registryEvents>;
