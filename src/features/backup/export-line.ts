import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';

const heading = z.strictObject({
  export: z.literal('muster'),
  version: z.literal(1),
  storeId: z.string().min(1),
  head: z.string().regex(/^\d+$/).nullable(),
});

const revision = z.number().int().min(0);

/** One event, in log order. `data` and `metadata` are the stored texts. `position` and `created` are the values in the exported log. */
const event = z.strictObject({
  stream: z.string().min(1),
  revision,
  id: z.string().min(1),
  type: z.string().min(1),
  data: z.string(),
  metadata: z.string(),
  position: z.string().regex(/^\d+$/),
  created: z.number(),
});

/** A truncated or deleted stream. Its events are exported as well. */
const cut = z.strictObject({
  cut: z.strictObject({
    stream: z.string().min(1),
    last: revision,
    state: z.union([
      z.strictObject({ truncatedBefore: revision }),
      z.literal('deleted'),
      z.literal('tombstoned'),
    ]),
  }),
});

const ending = z.strictObject({
  end: z.strictObject({
    events: z.number().int().min(0),
    streams: z.number().int().min(0),
    cuts: z.number().int().min(0),
  }),
});

const line = z.union([event, cut, ending, heading]);

export type ExportedEvent = z.infer<typeof event>;
export type ExportedCut = z.infer<typeof cut>['cut'];
export type ExportEnding = z.infer<typeof ending>['end'];
export type ExportLine = z.infer<typeof line>;

/** Parses one line. `number` is its 1-based line number. Throws `MUSTER_E_EXPORT_INVALID`. */
export function parseExportLine(text: string, number: number): ExportLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw exportInvalid(number, 'not JSON; the file may be cut short', cause);
  }
  const parsed = line.safeParse(value);
  if (!parsed.success)
    throw exportInvalid(number, 'not a line that this version of Muster supports', parsed.error);
  return parsed.data;
}

export function exportInvalid(number: number, problem: string, cause?: unknown): MusterError {
  return new MusterError('MUSTER_E_EXPORT_INVALID', { line: number, problem }, { cause });
}
