import type { z } from 'zod';

/** Any event, not yet recorded. */
export interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

/** The current form of one event type, and how each older form becomes the next. */
export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  /** Current version, from 1. */
  readonly version: number;
  /**
   * Returns the version that data is written as: the oldest that can say all of it, so that servers of older releases go on reading what
   * they know. Absent: always the current one.
   */
  writtenAs?(data: z.infer<Schema>): number;
  /** Strict: what is not named is refused on write. */
  readonly schema: Schema;
  /** `upcasters[n]` turns data of version n into data of version n + 1. Pure and total. */
  readonly upcasters?: Readonly<Record<number, (data: unknown) => unknown>>;
}

/** Declares version 1 of an event. */
export function event<Schema extends z.ZodType>(schema: Schema): EventDefinition<Schema> {
  return { version: 1, schema };
}

/** The union `{type, data}` of a table of definitions. */
export type EventsOf<Table extends Record<string, EventDefinition>> = {
  [Type in keyof Table & string]: { readonly type: Type; readonly data: z.infer<Table[Type]['schema']> };
}[keyof Table & string];
