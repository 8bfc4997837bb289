import type { z } from 'zod';

export interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly version: number;
  /** Returns the oldest version that can represent the data, so that servers of older releases can still read it. Default: the current version. */
  writtenAs?(data: z.infer<Schema>): number;
  readonly schema: Schema;
  readonly upcasters?: Readonly<Record<number, (data: unknown) => unknown>>;
}

export function event<Schema extends z.ZodType>(schema: Schema): EventDefinition<Schema> {
  return { version: 1, schema };
}

/**
 * Defines an event whose versions, from 2 on, each added an optional field, in this order, or something else that a function finds in the data. It is
 * written as the oldest version that can represent its data.
 */
export function extendedEvent<Schema extends z.ZodType<object>>(
  schema: Schema,
  ...added: readonly (keyof z.infer<Schema> | ((data: z.infer<Schema>) => boolean))[]
): EventDefinition<Schema> {
  return {
    version: added.length + 1,
    writtenAs: (data) =>
      added.findLastIndex((each) => (typeof each === 'function' ? each(data) : data[each] !== undefined)) + 2,
    schema,
    upcasters: Object.fromEntries(added.map((_, index) => [index + 1, (data: unknown) => data])),
  };
}

export type EventsOf<Table extends Record<string, EventDefinition>> = {
  [Type in keyof Table & string]: { readonly type: Type; readonly data: z.infer<Table[Type]['schema']> };
}[keyof Table & string];
