import { z } from 'zod';
import { environmentName } from '../kernel/environment-name.js';

/**
 * A string in a task's `config`, or the name of the variable in the task's `env` that holds it. Secrets must use a variable, because variables are
 * sealed and `config` is not.
 */
export const textOf = <Schema extends z.ZodType<string>>(given: Schema) =>
  z.union([given, z.strictObject({ env: environmentName })]);
export type Text = string | { readonly env: string };
