import { z } from 'zod';
import { problemsOfStoreUrl } from '#src/engine/event-store/index.js';

/** A connection string of EventStoreDB. Problems are reported without repeating it, because it may contain a password. */
export const storeUrl = z.string().superRefine((text, context) => {
  for (const message of problemsOfStoreUrl(text)) context.addIssue({ code: 'custom', message });
});
