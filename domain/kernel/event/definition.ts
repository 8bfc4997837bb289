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

export type EventsOf<Table extends Record<string, EventDefinition>> = {
  [Type in keyof Table & string]: { readonly type: Type; readonly data: z.infer<Table[Type]['schema']> };
}[keyof Table & string];
