import { z } from 'zod';

export const MASK = '***';

export const difference = z.object({
  path: z.string().meta({ examples: ['image'] }),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export const DIFFERENCE_MEANS =
  'A field that differs. Strings are shown as they are, other values as JSON, and absent values as null. Secrets are shown as `***`';
export type Difference = z.infer<typeof difference>;

export class Secret {
  constructor(readonly value: unknown) {}
}

export function differences(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  path = '',
): Difference[] {
  const found: Difference[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[key], after[key]];
    if (isPlain(was) && isPlain(is)) found.push(...differences(was, is, `${path}${key}.`));
    else if (JSON.stringify(was) !== JSON.stringify(is))
      found.push({ path: `${path}${key}`, before: textOf(was), after: textOf(is) });
  }
  return found;
}

function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value instanceof Secret) return MASK;
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_, each: unknown) => (each instanceof Secret ? MASK : each));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}
