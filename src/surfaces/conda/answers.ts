import { z } from 'zod';
import { ERROR_DESCRIPTIONS, json, type Answer } from '#src/surfaces/kit/index.js';

const refusal = z
  .object({ message: z.string().meta({ description: 'What is wrong, naming the field where there is one', examples: ['Authentication required'] }) })
  .meta({ id: 'Refusal', description: 'An error: exactly this key' });

/** The documented errors of `/login`, `/logout` and `/create_user`, besides those that every route can give. */
export function refusals(...statuses: readonly number[]): Record<number, Answer> {
  return Object.fromEntries([...statuses, 500, 503].map((status) => [status, json(ERROR_DESCRIPTIONS[status] ?? 'Error', refusal)]));
}
