import type { z } from 'zod';
import {
  masked,
  render,
  type RandomBytes,
  type Renderable,
  type ServiceTemplateContent,
  type VariableValue,
} from '#domain/services/template/index.js';
import type { ServiceTemplateDocument } from '#projections/services/service-templates.js';
import type { renderedView, templateBody, templateSummary, templateView } from './contract/templates.js';
import { wireTime } from '#src/http/index.js';

export function viewTemplateSummary({
  templateId,
  content,
  addedAt,
}: ServiceTemplateDocument): z.input<typeof templateSummary> {
  const { name, type, description, icon, category, tags, isPublic } = content;
  return {
    id: templateId,
    name,
    type,
    description,
    icon,
    category,
    tags,
    is_public: isPublic,
    created_at: wireTime(addedAt),
  };
}

export function viewTemplate(document: ServiceTemplateDocument): z.input<typeof templateView> {
  const { is_public, created_at, ...head } = viewTemplateSummary(document);
  const { config, variables, connection, jobFiles } = document.content;
  return {
    ...head,
    config,
    variables,
    ...(connection !== undefined && { connection_string: connection }),
    ...(jobFiles !== undefined && { job_files: jobFiles }),
    built_in: document.builtIn,
    is_public,
    created_at,
  };
}

/** Converts the request without validating its parts, which the domain's schema does. */
export function contentOf({
  is_public,
  connection_string,
  job_files,
  ...sent
}: z.output<typeof templateBody>): unknown {
  const head = { description: '', icon: '', category: '', tags: [], variables: [] };
  return {
    ...head,
    ...sent,
    isPublic: is_public ?? true,
    ...(connection_string !== undefined && { connection: connection_string }),
    ...(job_files !== undefined && { jobFiles: job_files }),
  } satisfies Partial<Record<keyof ServiceTemplateContent, unknown>>;
}

/** Renders the template with secrets masked as `***`. Throws the same errors as `render`. */
export function viewRendered(
  template: Renderable,
  given: Readonly<Record<string, VariableValue>>,
  random: RandomBytes,
): z.input<typeof renderedView> {
  const variables = masked(render(template, given, random).variables);
  const shown = render(
    // All variables are strings here, because a masked secret may not be valid for its type.
    { ...template, variables: variables.map(({ name }) => ({ name, type: 'string', description: '' })) },
    Object.fromEntries(variables.map(({ name, value }) => [name, value])),
    random,
  );
  return { config: shown.config, variables, connection_string: shown.connection ?? null };
}
