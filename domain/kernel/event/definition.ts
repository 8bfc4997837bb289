import type { z } from 'zod';

export interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly version: number;
  readonly schema: Schema;
  readonly upcasters?: Readonly<Record<number, (data: unknown) => unknown>>;
}

export function event<Schema extends z.ZodType>(schema: Schema): EventDefinition<Schema> {
  return { version: 1, schema };
}

export type EventsOf<Table extends Record<string, EventDefinition>> = {
  [Type in keyof Table & string]: { readonly type: Type; readonly data: z.infer<Table[Type]['schema']> };
}[keyof Table & string];
