import { z } from 'zod';
import { event, type EventsOf } from '../../kernel/event/definition.js';

/** Maximum length of a recorded command, in UTF-16 code units. */
export const MAX_RECORDED_LENGTH = 4_096;

const about = {
  sessionId: z.string().max(64),
  allocationId: z.string(),
  jobId: z.string(),
  nodeId: z.string(),
  task: z.string(),
};

/** Stream `command-<session>`, one for each command that was run in a task. Input and output are never recorded. */
export const commandEvents = {
  /** Recorded before the command starts. The metadata say who ran it. */
  TaskCommandStarted: event(
    z.strictObject({
      ...about,
      /** The program and its arguments, at most {@link MAX_RECORDED_LENGTH} characters of them. */
      command: z.array(z.string()),
      /** Set if words were left out or cut off. */
      truncated: z.literal(true).optional(),
      terminal: z.boolean(),
    }),
  ),
  TaskCommandEnded: event(
    z.strictObject({
      ...about,
      /** 128 + n after signal n. Null if the command was not started, or ended before it exited. */
      exitCode: z.number().int().nullable(),
      /** Why there is no exit code. */
      problem: z.string().max(1000).optional(),
    }),
    { ending: true },
  ),
} as const;

export type CommandEvent = EventsOf<typeof commandEvents>;
