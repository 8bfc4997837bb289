import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';

/** In characters. */
export const MAX_VALUE = 32_768;
export const MAX_VARIABLES = 100;

/** Upper case only, because `{{end}}` and the like belong to other template languages and stay unchanged. */
const NAME = '[A-Z_][A-Z0-9_]{0,63}';
export const templateVariableName = z
  .string()
  .regex(new RegExp(`^${NAME}$`), 'must match [A-Z_][A-Z0-9_]{0,63}');

/** A global pattern with state: only use it with methods that reset it, such as `replace`. */
export const TOKEN = new RegExp(`\\{\\{(${NAME})\\}\\}`, 'g');

/** The service's address. It is known only while the service runs, and is only allowed in connection strings. */
export const ENDPOINT = 'ENDPOINT';

export const variableValue = z.union([
  z.string().max(MAX_VALUE).regex(PLAIN_NAME, PLAIN_NAME_RULE),
  z.number(),
  z.boolean(),
]);
export type VariableValue = z.infer<typeof variableValue>;

export const templateVariable = z
  .strictObject({
    name: templateVariableName.meta({ description: 'As `{{NAME}}` names it', examples: ['DB_NAME'] }),
    type: z.enum(['string', 'int', 'bool']).meta({ description: 'What it may be set to' }),
    description: z.string().max(1000).regex(PLAIN_NAME, PLAIN_NAME_RULE),
    default: variableValue.optional().meta({ description: 'What it is when nobody sets it' }),
    required: z.boolean().optional().meta({
      description:
        'false: it may stay unset, and is an empty text then. A variable that neither has a default nor is generated is required',
    }),
    generate: z.enum(['password', 'hex', 'uuid']).optional().meta({
      description:
        'What is made for it when nobody sets it: 24 letters and digits, 32 hexadecimal digits, or a UUID',
    }),
    secret: z.boolean().optional().meta({ description: 'It is shown only to who may change the service' }),
  })
  .superRefine((variable, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { name, type, default: preset, required, generate, secret } = variable;
    if (name === ENDPOINT) refuse('name', `${ENDPOINT} is what the service is reached under`);
    if (generate !== undefined && type !== 'string') refuse('generate', 'is only for strings');
    if (generate !== undefined && preset !== undefined)
      refuse('generate', 'is not for a variable that has a default');
    if (secret === true && preset !== undefined)
      refuse('default', 'is not for a secret: everybody reads templates');
    if (required === true && (preset !== undefined || generate !== undefined))
      refuse('required', 'is not for a variable that has a default or is generated');
    if (required === false && type !== 'string')
      refuse('required', 'only a string may stay unset: give it a default');
    const problem = preset === undefined ? undefined : valueProblem(type, preset);
    if (problem !== undefined) refuse('default', problem);
  })
  .meta({ id: 'TemplateVariable', description: 'A variable of a template' });
export type TemplateVariable = z.infer<typeof templateVariable>;

/** A lone surrogate cannot be encoded in UTF-8. */
const HALF_CHARACTER = /\p{Surrogate}/u;
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const WHOLE_FRACTION = /^(-?\d+)\.0+$/;

export function valueText(type: TemplateVariable['type'], value: VariableValue): string {
  const text = String(value);
  return type === 'int' ? text.replace(WHOLE_FRACTION, '$1') : text;
}

/** Returns why a value is invalid for the type; undefined: it is valid. Numbers and booleans may be texts, as on a command line. */
export function valueProblem(type: TemplateVariable['type'], value: VariableValue): string | undefined {
  const text = String(value);
  if (text.includes('\0')) return PLAIN_NAME_RULE;
  if (HALF_CHARACTER.test(text)) return 'must be whole characters';
  if (text.length > MAX_VALUE) return `must have at most ${MAX_VALUE} characters`;
  if (type === 'string') return typeof value === 'boolean' ? 'must be a string' : undefined;
  if (type === 'int')
    return typeof value !== 'boolean' && INTEGER.test(valueText(type, value))
      ? undefined
      : 'must be an integer';
  return typeof value !== 'number' && (text === 'true' || text === 'false')
    ? undefined
    : 'must be true or false';
}
