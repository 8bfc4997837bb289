import { z } from 'zod';
import { buildRefused } from './environment-contract.js';
import { ERROR_DESCRIPTIONS, json, SHOWN, type Answer } from '#src/http/index.js';

const refusal = z
  .object({
    message: z.string().meta({
      ...SHOWN,
      description: 'The error message, with the name of the field if there is one',
      examples: ['Authentication required'],
    }),
  })
  .meta({ id: 'Refusal', description: 'An error. It contains only this key' });

const failure = z
  .object({
    success: z.literal(false),
    message: z.string().meta({ ...SHOWN, description: 'Kind of error', examples: ['Environment not found'] }),
    error: z
      .string()
      .optional()
      .meta({ description: 'The error message, with the name of the field if there is one' }),
  })
  .meta({ id: 'CondaFailure', description: 'An error' });

export function failures(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', failure)]),
  );
}

export const refused = json(ERROR_DESCRIPTIONS[400] ?? 'Error', buildRefused);

export function refusals(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries(
    [...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', refusal)]),
  );
}
