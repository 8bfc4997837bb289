import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { commandWords, MAX_COMMAND_LENGTH } from '../../protocol/index.js';

/** Maximum length of a value in characters. */
export const MAX_VALUE = 32_768;
export const MAX_VARIABLES = 100;

/** Upper case only, because `{{end}}` and the like belong to other template languages and are left unchanged. */
const NAME = '[A-Z_][A-Z0-9_]{0,63}';
export const templateVariableName = z
  .string()
  .regex(new RegExp(`^${NAME}$`), 'must match [A-Z_][A-Z0-9_]{0,63}');

/** A global pattern has state, so use it only with methods that reset it, such as `replace`. */
export const TOKEN = new RegExp(`\\{\\{(${NAME})\\}\\}`, 'g');

export const ENDPOINT = 'ENDPOINT';

export const variableValue = z.union([
  z.string().max(MAX_VALUE).regex(PLAIN_NAME, PLAIN_NAME_RULE),
  z.number(),
  z.boolean(),
]);
export type VariableValue = z.infer<typeof variableValue>;

/** Environment variables of a `rotate` step. A command's environment, unlike its words, is visible to no other user of the machine. */
export const OLD_VALUE = 'MUSTER_OLD_VALUE';
export const NEW_VALUE = 'MUSTER_NEW_VALUE';

const rotateStep = commandWords.meta({
  description: `Program and arguments that change an \`initial\` value in the running program, together at most ${MAX_COMMAND_LENGTH} characters. They run in the service’s container, without a shell, with the values in the environment variables ${OLD_VALUE} and ${NEW_VALUE}. Exit code 0 means that the new value is in force. It must also succeed if the new value is in force already`,
  examples: [['sh', '-c', 'change-password --from-env "$MUSTER_NEW_VALUE"']],
});

export const templateVariable = z
  .strictObject({
    name: templateVariableName.meta({ description: 'Name that `{{NAME}}` refers to', examples: ['DB_NAME'] }),
    type: z.enum(['string', 'int', 'bool']).meta({ description: 'Type of the value' }),
    description: z.string().max(1000).regex(PLAIN_NAME, PLAIN_NAME_RULE),
    default: variableValue.optional().meta({ description: 'Default value' }),
    required: z.boolean().optional().meta({
      description:
        'If false, the variable may be left unset and is then empty. Otherwise a value is required, unless it has a default or is generated',
    }),
    generate: z.enum(['password', 'hex', 'uuid']).optional().meta({
      description:
        'Value to generate if none is set: 24 letters and digits, 32 hexadecimal digits, or a UUID',
    }),
    secret: z
      .boolean()
      .optional()
      .meta({ description: 'Show the value only to users who may change the service' }),
    initial: z.literal(true).optional().meta({
      description:
        'The program reads the value only while its volume is empty, so a later change of it is refused',
    }),
    change: z
      .string()
      .min(1)
      .max(300)
      .regex(PLAIN_NAME, PLAIN_NAME_RULE)
      .optional()
      .meta({
        description: 'How to change an `initial` value in the program itself, such as a statement of SQL',
        examples: ["ALTER USER … PASSWORD '…'"],
      }),
    rotate: rotateStep.optional(),
  })
  .superRefine((variable, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const { name, type, default: preset, required, generate, secret, initial, change, rotate } = variable;
    if (name === ENDPOINT) refuse('name', `${ENDPOINT} is reserved for the address of the service`);
    if (change !== undefined && initial !== true) refuse('change', 'is only allowed for an initial variable');
    if (rotate !== undefined && initial !== true) refuse('rotate', 'is only allowed for an initial variable');
    if (generate !== undefined && type !== 'string') refuse('generate', 'is only allowed for strings');
    if (generate !== undefined && preset !== undefined)
      refuse('generate', 'is not allowed for a variable that has a default');
    if (secret === true && preset !== undefined)
      refuse('default', 'is not allowed for a secret: everyone can read templates');
    if (required === true && (preset !== undefined || generate !== undefined))
      refuse('required', 'is not allowed for a variable that has a default or is generated');
    if (required === false && type !== 'string')
      refuse('required', 'only a string may be left unset: add a default');
    const problem = preset === undefined ? undefined : valueProblem(type, preset);
    if (problem !== undefined) refuse('default', problem);
  })
  .meta({ id: 'TemplateVariable', description: 'A variable of a template' });
export type TemplateVariable = z.infer<typeof templateVariable>;

/** A lone surrogate, which cannot be encoded in UTF-8. */
const HALF_CHARACTER = /\p{Surrogate}/u;
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;
const WHOLE_FRACTION = /^(-?\d+)\.0+$/;

export function valueText(type: TemplateVariable['type'], value: VariableValue): string {
  const text = String(value);
  return type === 'int' ? text.replace(WHOLE_FRACTION, '$1') : text;
}

/** Returns why a value is invalid for the type, or undefined if it is valid. Numbers and booleans may be strings, as on a command line. */
export function valueProblem(type: TemplateVariable['type'], value: VariableValue): string | undefined {
  const text = String(value);
  if (text.includes('\0')) return PLAIN_NAME_RULE;
  if (HALF_CHARACTER.test(text)) return 'is not valid Unicode';
  if (text.length > MAX_VALUE) return `must be at most ${MAX_VALUE} characters long`;
  if (type === 'string') return typeof value === 'boolean' ? 'must be a string' : undefined;
  if (type === 'int')
    return typeof value !== 'boolean' && INTEGER.test(valueText(type, value))
      ? undefined
      : 'must be an integer';
  return typeof value !== 'number' && (text === 'true' || text === 'false')
    ? undefined
    : 'must be true or false';
}
