import { z } from 'zod';

/** Returns the names of the fields that a map may have at a path. `data` decides between variants. */
export function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[], data: unknown): string[] {
  const [key, ...rest] = path;
  return mapsOf(schema, data).flatMap((each) => {
    if (key === undefined) return each instanceof z.ZodObject ? Object.keys(each.shape) : [];
    const below = partOf(each, key);
    const value = (data as Record<PropertyKey, unknown> | null | undefined)?.[key];
    return below === undefined ? [] : namesAt(below, rest, value);
  });
}

function partOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodObject) return schema.shape[String(key)] as z.core.$ZodType | undefined;
  return undefined;
}

/** Returns the schemas of maps and lists within wrappers and unions. */
function mapsOf(schema: z.core.$ZodType, data: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = schema.def;
    const word = (data as Record<string, unknown> | null | undefined)?.[discriminator];
    const fitting = schema.options.filter(
      (option) =>
        option instanceof z.ZodObject && (option.shape[discriminator] as z.ZodType).safeParse(word).success,
    );
    return (fitting.length > 0 ? fitting : schema.options).flatMap((option) => mapsOf(option, data));
  }
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => mapsOf(option, data));
  if (schema instanceof z.ZodPipe) return mapsOf(schema.in, data);
  if (schema instanceof z.ZodLazy) return mapsOf(schema.unwrap(), data);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly
  )
    return mapsOf(schema.unwrap(), data);
  return [schema];
}
