import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { jobFileName, templateName } from './identifier.js';
import { keyWithToken, tokensIn } from './tokens.js';
import { ENDPOINT, MAX_VARIABLES, templateVariable } from './variable.js';

const text = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
/** Limits in characters of JSON: a configuration, and one job file. */
export const MAX_TEMPLATE_CONFIG = 65_536;
export const MAX_JOB_FILE = 65_536;
/** Limit in characters for a whole template, which must fit one event. */
const MAX_TEMPLATE = 200_000;

/** A service configuration with `{{VAR}}` in its texts. It is validated after rendering. */
export const templateConfig = z
  .looseObject({})
  // The OpenAPI description only says that it is an object.
  .meta({ additionalProperties: undefined })
  .refine(
    (config) => JSON.stringify(config).length <= MAX_TEMPLATE_CONFIG,
    `must have at most ${MAX_TEMPLATE_CONFIG} characters`,
  )
  .refine(
    (config) => keyWithToken(config) === undefined,
    '{{…}} stands in the name of a field: only values are filled',
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
    /** Connection string for clients; `{{ENDPOINT}}` stands for the address. */
    connection: text(2000).optional(),
    jobFiles: z.record(jobFileName, text(MAX_JOB_FILE).min(1)).optional(),
  })
  .superRefine((content, context) => {
    const refuse = (message: string, ...path: (string | number)[]): void =>
      context.addIssue({ code: 'custom', path, message });
    const { name, config, variables, connection = '', jobFiles = {} } = content;
    const names = variables.map((each) => each.name);
    const twice = names.find((each, index) => names.indexOf(each) !== index);
    if (twice !== undefined) refuse(`${twice} stands there twice`, 'variables');
    const unknown = (used: unknown): string | undefined =>
      tokensIn(used).find((each) => !names.includes(each));
    const filled: readonly (readonly [string, unknown])[] = [
      ['config', config],
      ...Object.entries(jobFiles).map(([file, job]) => [`jobFiles.${file}`, job] as const),
    ];
    for (const [where, value] of filled) {
      const token = unknown(value);
      if (token !== undefined)
        refuse(`{{${token}}} is no variable of the template`, ...where.split(/\.(.*)/s, 2));
    }
    const token = tokensIn(connection).find((each) => each !== ENDPOINT && !names.includes(each));
    if (token !== undefined) refuse(`{{${token}}} is no variable of the template`, 'connection');
    for (const file of Object.keys(jobFiles))
      if (!file.startsWith(`${name}.`)) refuse(`must begin with ${name}.`, 'jobFiles', file);
    if (JSON.stringify(content).length > MAX_TEMPLATE)
      refuse(`a template has at most ${MAX_TEMPLATE} characters`);
  });
export type ServiceTemplateContent = z.infer<typeof serviceTemplateContent>;
