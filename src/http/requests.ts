import { z } from 'zod';
import { MAX_PASSWORD, MIN_PASSWORD, passwordProblem } from '#domain/accounts/user/password.js';

/** A whole number in a query. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z.coerce.number().int().min(least).max(most);
}

/** @param what plural name of the items, for the description. */
export function limit(most: number, usual: number, what = 'items') {
  return whole(1, most)
    .default(usual)
    .meta({ description: `Maximum number of ${what}` });
}

export const page = {
  limit: whole(1, 10_000).optional().meta({ description: 'Maximum number of items. Default: all' }),
  after: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Only items after the one with this id, in order of creation' }),
};

/** Query of a list of numbered items, newest first. */
export function newestPage(most: number) {
  return z.strictObject({
    limit: limit(most, 50),
    before: whole(1).optional().meta({ description: 'Only items with a smaller number' }),
  });
}

export const flag = z.enum(['true', 'false']).optional();

export const positionText = z.string().regex(/^\d{1,19}$/, 'must be a position: a whole decimal number');

/** Text that is compared with a stored secret, so it follows no rule. */
export const anyText = z.string().max(100_000);

export function newPassword(example = 'password123') {
  return z
    .string()
    .superRefine((text, context) => {
      const problem = passwordProblem(text);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .meta({
      description: '8 to 128 characters',
      minLength: MIN_PASSWORD,
      maxLength: MAX_PASSWORD,
      examples: [example],
    });
}
