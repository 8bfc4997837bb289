import { z } from 'zod';

const position = z.string().regex(/^\d{1,20}$/);

/** Announcement between servers that publish events. One server publishes, and the others can take over at its position. */
export const publisherAnnouncement = z.object({
  server: z.string().min(1).max(64),
  source: z.string().max(256),
  leading: z.boolean(),
  position: position.optional(),
  event_id: z.string().max(64).optional(),
  previous: position.optional(),
});
export type PublisherAnnouncement = z.infer<typeof publisherAnnouncement>;
