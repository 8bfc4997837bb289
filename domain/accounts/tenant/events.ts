import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';

export const tenantEvents = {
  TenantCreated: event(z.strictObject({ tenantId: z.string(), createdBy: z.string() })),
} as const;

export type TenantEvent = EventsOf<typeof tenantEvents>;
