import { z } from 'zod';

/** Servers that publish events tell each other so: one of them is at it, the others take over where it stopped. */
export const publisherAnnouncement = z.object({
  /** This server, as no other; made anew when it starts. */
  server: z.string().min(1).max(64),
  /** The log whose events it publishes. */
  source: z.string().max(256),
  leading: z.boolean(),
  /** Everything up to here is published; decimal. Absent: not known. */
  position: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
});
export type PublisherAnnouncement = z.infer<typeof publisherAnnouncement>;
