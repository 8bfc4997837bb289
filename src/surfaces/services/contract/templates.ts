import { z } from 'zod';
import {
  MAX_JOB_FILE,
  MAX_VARIABLES,
  templateVariable,
  variableValue,
} from '#domain/services/template/index.js';

/** Names of templates, variables and job files are validated by the template's decider. */
const name = z
  .string()
  .max(63)
  .meta({ description: 'Unique; `[a-z0-9][a-z0-9-]{0,62}`', examples: ['postgresql'] });
const config = z.looseObject({}).meta({
  // The description says only that it is an object, so it can have no example.
  additionalProperties: undefined,
  description: 'Configuration of its services, with `{{VAR}}` in texts',
});

const head = {
  name,
  type: z.string().meta({ examples: ['database'] }),
  description: z.string().meta({ examples: ['PostgreSQL database template'] }),
  icon: z.string().meta({ examples: ['database'] }),
  category: z.string().meta({ examples: ['Database'] }),
  tags: z.array(z.string()).meta({ examples: [['postgresql', 'database', 'sql']] }),
};
const open = z.boolean().meta({ description: 'false: visible only to administrators' });
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
  .meta({ id: 'ServiceTemplateList', description: 'Templates in order of addition' });

const jobFiles = z
  .record(z.string(), z.string())
  .meta({ description: 'Extension. Nomad job files by name, such as `postgresql.nomad`' });
const connection = z.string().meta({
  description: 'Extension. Connection string of its services; `{{ENDPOINT}}` is the address',
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
    built_in: z.boolean().optional().meta({ description: 'Extension. Whether it came with Muster' }),
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
    description: 'Values to preview',
    examples: [{ custom_variables: { DB_NAME: 'mydb' } }],
  });

const setVariable = z
  .object({
    name: z.string(),
    value: z.string().meta({ description: '`***` for a secret' }),
    from: z.enum(['given', 'default', 'generated', 'unset']),
    secret: z.boolean(),
  })
  .meta({ id: 'SetVariable', description: 'A variable and its value' });

export const renderedView = z
  .object({ config, variables: z.array(setVariable), connection_string: z.string().nullable() })
  .meta({
    id: 'RenderedServiceTemplate',
    description: 'The configuration of a service from this template, with secrets as `***`',
  });

export const templateParams = z.object({
  id: z.string().meta({ description: 'Template ID', format: 'uuid' }),
});
