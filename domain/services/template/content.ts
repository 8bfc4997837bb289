import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { jobFileName, templateName } from './identifier.js';
import { keyWithToken, tokensIn } from './tokens.js';
import { ENDPOINT, MAX_VARIABLES, templateVariable } from './variable.js';

const text = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
/** Maximum lengths of a configuration as JSON and of one job file, in characters. */
export const MAX_TEMPLATE_CONFIG = 65_536;
export const MAX_JOB_FILE = 65_536;
/** Maximum length of a whole template as JSON, in characters. It must fit in one event. */
const MAX_TEMPLATE = 200_000;

/** A service configuration with `{{VAR}}` in its strings. It is validated after rendering. */
export const templateConfig = z
  .looseObject({})
  // The OpenAPI description states only that it is an object.
  .meta({ additionalProperties: undefined })
  .refine(
    (config) => JSON.stringify(config).length <= MAX_TEMPLATE_CONFIG,
    `must be at most ${MAX_TEMPLATE_CONFIG} characters long`,
  )
  .refine(
    (config) => keyWithToken(config) === undefined,
    '{{…}} is not allowed in a field name, only in values',
  );

export const serviceTemplateContent = z
  .strictObject({
    name: templateName,
    type: templateName,
    description: text(2000),
    icon: text(100),
    category: text(100),
    tags: z.array(text(100).min(1)).max(32),
    isPublic: z.boolean(),
    config: templateConfig,
    variables: z.array(templateVariable).max(MAX_VARIABLES),
    connection: text(2000).optional(),
    jobFiles: z.record(jobFileName, text(MAX_JOB_FILE).min(1)).optional(),
  })
  .superRefine((content, context) => {
    const refuse = (message: string, ...path: (string | number)[]): void =>
      context.addIssue({ code: 'custom', path, message });
    const { name, config, variables, connection = '', jobFiles = {} } = content;
    const names = variables.map((each) => each.name);
    const twice = names.find((each, index) => names.indexOf(each) !== index);
    if (twice !== undefined) refuse(`duplicate variable: ${twice}`, 'variables');
    const unknown = (used: unknown): string | undefined =>
      tokensIn(used).find((each) => !names.includes(each));
    const filled: readonly (readonly [string, unknown])[] = [
      ['config', config],
      ...Object.entries(jobFiles).map(([file, job]) => [`jobFiles.${file}`, job] as const),
    ];
    for (const [where, value] of filled) {
      const token = unknown(value);
      if (token !== undefined)
        refuse(`{{${token}}} is not a variable of the template`, ...where.split(/\.(.*)/s, 2));
    }
    const token = tokensIn(connection).find((each) => each !== ENDPOINT && !names.includes(each));
    if (token !== undefined) refuse(`{{${token}}} is not a variable of the template`, 'connection');
    for (const file of Object.keys(jobFiles))
      if (!file.startsWith(`${name}.`)) refuse(`must begin with ${name}.`, 'jobFiles', file);
    if (JSON.stringify(content).length > MAX_TEMPLATE)
      refuse(`a template has at most ${MAX_TEMPLATE} characters`);
  });
export type ServiceTemplateContent = z.infer<typeof serviceTemplateContent>;
