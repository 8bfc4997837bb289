import { z } from 'zod';
import { itemsOf } from './items.js';

export const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

export const commaSeparated = z.string().transform(itemsOf);

export const port = z.coerce.number().int().min(0).max(65535);

/** Two whole numbers separated by a hyphen. `example` is shown in the error message. */
export const numberRange = (digits: number, what: string, example: string) =>
  z
    .string()
    .regex(new RegExp(`^\\d{1,${digits}}-\\d{1,${digits}}$`), `must be a range of ${what} such as ${example}`)
    .transform((text) => {
      const [first = 0, last = 0] = text.split('-').map(Number);
      return { first, last };
    });

export const pairs = commaSeparated.transform((entries, context) => {
  const map: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    if (equals < 1) context.addIssue({ code: 'custom', message: `${entry}: must be name=value` });
    else map[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return map;
});

export const amounts = pairs.pipe(
  z.record(
    z.string(),
    z
      .string()
      .regex(/^\d{1,15}$/, 'must be a whole number')
      .transform(Number),
  ),
);
