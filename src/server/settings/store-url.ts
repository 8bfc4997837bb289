import { z } from 'zod';
import { problemsOfStoreUrl } from '#src/engine/event-store/index.js';

/** A connection string of EventStoreDB. It is checked before anything is made of it, and what is wrong is named without repeating it. */
export const storeUrl = z.string().superRefine((text, context) => {
  for (const message of problemsOfStoreUrl(text)) context.addIssue({ code: 'custom', message });
});
