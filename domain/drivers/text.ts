import { z } from 'zod';
import { environmentName } from '../environment-name.js';

/** A text of a task's `config`: as it is, or the value of a variable of the task's `env`. What is secret comes by a variable: these are sealed, a `config` is not. */
export const textOf = <Schema extends z.ZodType<string>>(given: Schema) => z.union([given, z.strictObject({ env: environmentName })]);
export type Text = string | { readonly env: string };
