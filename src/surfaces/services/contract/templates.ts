import { z } from 'zod';
import {
  MAX_JOB_FILE,
  MAX_VARIABLES,
  templateVariable,
  variableValue,
} from '#domain/services/template/index.js';

const name = z
  .string()
  .max(63)
  .meta({ description: 'Unique name: `[a-z0-9][a-z0-9-]{0,62}`', examples: ['postgresql'] });
const config = z.looseObject({}).meta({
  additionalProperties: undefined,
  description: 'Configuration of services created from this template. Strings may contain `{{VAR}}`',
});

const head = {
  name,
  type: z.string().meta({ examples: ['database'] }),
  description: z.string().meta({ examples: ['PostgreSQL database template'] }),
  icon: z.string().meta({ examples: ['database'] }),
  category: z.string().meta({ examples: ['Database'] }),
  tags: z.array(z.string()).meta({ examples: [['postgresql', 'database', 'sql']] }),
};
const open = z.boolean().meta({ description: 'If false, visible only to administrators' });
const times = { created_at: z.string().meta({ examples: ['2024-01-01T00:00:00Z'] }) };
const id = z.string().meta({
  description: 'Derived from the name, so a built-in template has the same id everywhere',
  examples: ['990e8400-e29b-41d4-a716-446655440000'],
});

export const templateSummary = z
  .object({ id, ...head, is_public: open, ...times })
  .meta({ id: 'ServiceTemplateSummary', description: 'A template without its configuration' });

export const templateList = z
  .object({ templates: z.array(templateSummary), total: z.number().int() })
  .meta({ id: 'ServiceTemplateList', description: 'Templates in the order in which they were added' });

const jobFiles = z
  .record(z.string(), z.string())
  .meta({ description: 'Extension. Nomad job files by name, such as `postgresql.nomad`' });
const connection = z.string().meta({
  description:
    'Extension. Connection string of services created from this template. `{{ENDPOINT}}` is the address',
  examples: ['postgres://{{DB_USER}}:{{DB_PASSWORD}}@{{ENDPOINT}}/{{DB_NAME}}'],
});

export const templateView = z
  .object({
    id,
    ...head,
    config,
    variables: z
      .array(templateVariable)
      .optional()
      .meta({ description: 'Extension. Variables of the template' }),
    connection_string: connection.optional(),
    job_files: jobFiles.optional(),
    built_in: z.boolean().optional().meta({ description: 'Extension. Whether it is a built-in template' }),
    is_public: open,
    ...times,
  })
  .meta({ id: 'ServiceTemplate', description: 'A template' });

export const templateBody = z
  .strictObject({
    name,
    type: z.string().max(63),
    description: z.string().max(2000).optional(),
    icon: z.string().max(100).optional(),
    category: z.string().max(100).optional(),
    tags: z.array(z.string().max(100)).max(32).optional(),
    is_public: open.optional(),
    config,
    variables: z.array(templateVariable).max(MAX_VARIABLES).optional(),
    connection_string: connection.max(2000).optional(),
    job_files: z.record(z.string(), z.string().max(MAX_JOB_FILE)).optional(),
  })
  .meta({
    id: 'AddServiceTemplateRequest',
    description: 'A template to add',
  });

export const renderBody = z
  .strictObject({
    custom_variables: z
      .record(z.string(), variableValue)
      .optional()
      .meta({ description: 'Values of the variables', examples: [{ DB_NAME: 'mydb' }] }),
  })
  .meta({
    id: 'RenderServiceTemplate',
    description: 'Values for the preview',
    examples: [{ custom_variables: { DB_NAME: 'mydb' } }],
  });

const setVariable = z
  .object({
    name: z.string(),
    value: z.string().meta({ description: 'Masked as `***` if it is secret' }),
    from: z.enum(['given', 'default', 'generated', 'unset']),
    secret: z.boolean(),
  })
  .meta({ id: 'SetVariable', description: 'A variable and its value' });

export const renderedView = z
  .object({ config, variables: z.array(setVariable), connection_string: z.string().nullable() })
  .meta({
    id: 'RenderedServiceTemplate',
    description: 'The configuration of a service created from this template, with secrets masked as `***`',
  });

export const templateParams = z.object({
  id: z.string().meta({ description: 'Template ID', format: 'uuid' }),
});
