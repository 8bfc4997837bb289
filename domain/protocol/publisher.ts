import { z } from 'zod';

const position = z.string().regex(/^\d{1,20}$/);

/** Announcements between servers that publish events: one publishes, and the others take over at its position. */
export const publisherAnnouncement = z.object({
  /** A unique id of this server process. */
  server: z.string().min(1).max(64),
  source: z.string().max(256),
  leading: z.boolean(),
  /** Everything up to this position is published; decimal. Absent: unknown. */
  position: position.optional(),
  /** Id of the event at `position`, which reveals a different or restored log. */
  event_id: z.string().max(64).optional(),
  /** Position of the preceding event. Absent: none, or unknown. */
  previous: position.optional(),
});
export type PublisherAnnouncement = z.infer<typeof publisherAnnouncement>;
