import { z } from 'zod';
import { jobConstraints } from '#domain/jobs/job/specification.js';
import { shownGroup } from '#domain/protocol/index.js';
import { clearField } from '#src/http/index.js';
import { EXAMPLE_GROUPS, unixTime } from './contract.js';
import { contractTemplate, contractTemplateChanges } from './specification.js';

export const templateBody = contractTemplate.meta({
  id: 'TemplateContent',
  description: 'A job template',
  examples: [{ name: 'web', description: 'A web server', task_groups: EXAMPLE_GROUPS, constraints: {} }],
});

export const templateUpdateBody = contractTemplateChanges
  .extend({ clear: clearField('ClearableTemplateField', ['description']) })
  .meta({
    id: 'TemplateUpdate',
    description: 'Fields to change',
    examples: [{ description: 'A better one' }],
  });

const templateHead = {
  template_id: z
    .string()
    .meta({ description: 'Template id', examples: ['c9bf9e57-1685-4c89-bafb-ff5af830be8a'] }),
  name: z.string(),
  description: z.string().nullable(),
};
const templateTimes = { created_at: unixTime, updated_at: unixTime };

export const templateSummary = z
  .object({ ...templateHead, ...templateTimes })
  .meta({ id: 'TemplateSummary', description: 'A template without its groups' });

export const templateView = z
  .object({
    ...templateHead,
    task_groups: z.array(shownGroup),
    constraints: jobConstraints,
    ...templateTimes,
  })
  .meta({ id: 'Template', description: 'A template' });

export const templateList = z.object({ templates: z.array(templateSummary), count: z.number().int() }).meta({
  id: 'TemplateList',
  description: 'Templates in order of creation; `count` is the number of templates in this response',
});

export const templateCreated = z
  .object({ template_id: z.string(), message: z.string().meta({ examples: ['作业模板创建成功'] }) })
  .meta({ id: 'TemplateCreated', description: 'The template was created' });
