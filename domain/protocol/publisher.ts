import { z } from 'zod';

const position = z.string().regex(/^\d{1,20}$/);

/** Servers that publish events tell each other so: one of them is at it, the others take over where it stopped. */
export const publisherAnnouncement = z.object({
  /** This server, as no other; made anew when it starts. */
  server: z.string().min(1).max(64),
  /** The log whose events it publishes. */
  source: z.string().max(256),
  leading: z.boolean(),
  /** Everything up to here is published; decimal. Absent: not known. */
  position: position.optional(),
  /** Id of the event at `position`: another log, or one that an older backup was restored into, holds another one there. */
  event_id: z.string().max(64).optional(),
  /** Position of the event before it. Absent: it is the log's first, or that is not known. */
  previous: position.optional(),
});
export type PublisherAnnouncement = z.infer<typeof publisherAnnouncement>;
