import type { z } from 'zod';
import type { Recorded } from './recorded.js';

export interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

export interface EventMarks {
  /**
   * Whether it ends work or revokes rights, or is needed to carry out and report an end. If the disk is full, the embedded log still accepts it and
   * stores it in reserved space.
   */
  readonly ending?: true;
  /** Whether it means that something failed: always, or only if its `outcome` says so. */
  readonly failure?: 'always' | 'by outcome';
}

export interface EventDefinition<Schema extends z.ZodType = z.ZodType> extends EventMarks {
  readonly version: number;
  readonly schema: Schema;
  readonly upcasters?: Readonly<Record<number, (data: unknown) => unknown>>;
}

/** Definitions of events by type. A table is both the filter of what a fold reads and its type ({@link RecordedOf}). */
export type EventTable = Readonly<Record<string, EventDefinition>>;

export function event<Schema extends z.ZodType>(
  schema: Schema,
  marks: EventMarks = {},
): EventDefinition<Schema> {
  return { version: 1, schema, ...marks };
}

const FAILED: ReadonlySet<unknown> = new Set(['failed', 'lost', 'timeout']);

/** Returns whether an event means a failure. `data`: its data as JSON. */
export function isFailure({ failure }: EventMarks, data: string): boolean {
  if (failure !== 'by outcome') return failure === 'always';
  try {
    return FAILED.has((JSON.parse(data) as { readonly outcome?: unknown } | null)?.outcome);
  } catch {
    // A foreign event may contain any string.
    return false;
  }
}

export type EventsOf<Table extends EventTable> = {
  [Type in keyof Table & string]: { readonly type: Type; readonly data: z.infer<Table[Type]['schema']> };
}[keyof Table & string];

export type RecordedOf<Table extends EventTable> = Recorded<EventsOf<Table>>;

/** Returns the definitions of some types. */
export function only<Table extends EventTable, Type extends keyof Table & string>(
  table: Table,
  ...types: readonly Type[]
): Pick<Table, Type> {
  return Object.fromEntries(types.map((type) => [type, table[type]])) as Pick<Table, Type>;
}

/** Returns whether the event is of a type in the table. Only for events that were decoded. */
export function isOneOf<Table extends EventTable>(
  table: Table,
  event: Recorded<AnyEvent>,
): event is RecordedOf<Table> {
  return Object.hasOwn(table, event.type);
}
