import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';

/** Schema of a list of fields to set to null, because typed clients omit null from requests. `id`: name of the enum. */
export function clearField<const Name extends string>(id: string, names: readonly [Name, ...Name[]]) {
  return z
    .array(z.enum(names).meta({ id, description: 'A field that can be cleared' }))
    .max(names.length)
    .optional()
    .meta({ description: 'Extension. Fields to clear, as if each were set to null', examples: [[names[0]]] });
}

/** Applies `clear` to a change. Throws `MUSTER_E_INVALID` if a field is both cleared and set. */
export function withCleared<
  Change extends { readonly clear?: readonly (keyof Change & string)[] | undefined },
>({ clear = [], ...change }: Change): Omit<Change, 'clear'> {
  const set = clear.find(
    (name) => name in change && (change as Partial<Record<string, unknown>>)[name] !== null,
  );
  if (set !== undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'clear',
      problem: `${set} cannot be cleared and set at the same time`,
    });
  return { ...change, ...Object.fromEntries(clear.map((name) => [name, null])) } as Omit<Change, 'clear'>;
}
