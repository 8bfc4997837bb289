import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { seesAll } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import {
  serviceTemplateContent,
  serviceTemplateErrors,
  serviceTemplates,
  templateIdOf,
  type ServiceTemplateContent,
} from '#domain/services/template/index.js';
import { message } from '#domain/protocol/index.js';
import {
  serviceTemplates as templateModel,
  type ServiceTemplateDocument,
} from '#projections/services/service-templates.js';
import { access, withAuditors, errors, json, markStale, read, type Scope } from '#src/http/index.js';
import {
  renderBody,
  renderedView,
  templateBody,
  templateList,
  templateParams,
  templateView,
} from '../contract/templates.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';
import { templateProblem } from '../template-check.js';
import { contentOf, viewRendered, viewTemplate, viewTemplateSummary } from '../template-view.js';
import { uuidIn } from '../uuid-in.js';

const tags = ['templates'];

export function templateRoutes(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/templates',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_listTemplates',
        summary: 'List templates',
        description: 'Returns the templates that the caller may see, without configurations.',
        response: { 200: json('The templates', templateList), ...errors() },
      },
    },
    async (request, reply) => {
      const templates = (await visible(surface, request, reply)).map(viewTemplateSummary);
      return { templates, total: templates.length };
    },
  );

  scope.get(
    '/api/v1/templates/:id',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_getTemplate',
        summary: 'Get a template',
        description: 'Returns one template with its configuration and variables.',
        params: templateParams,
        response: { 200: json('The template', templateView), ...errors(404) },
      },
    },
    async (request, reply) => viewTemplate(await oneTemplate(surface, request, reply, request.params.id)),
  );

  scope.post(
    '/api/v1/templates',
    {
      config: access.admin(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_addTemplate',
        summary: 'Add a template',
        description:
          'Extension. Every `{{VAR}}` must be declared in `variables`, job files must be supported, and `config` must be valid for any values of the variables.',
        body: templateBody,
        response: { 201: json('Template added', templateView), ...errors() },
      },
    },
    async (request, reply) => {
      checkNewName('name', request.body.name, 'uuid');
      const content = await checked(contentOf(request.body));
      const templateId = templateIdOf(content.name);
      const context = surface.context(request);
      const { userId } = surface.account(request);
      await surface.execute(
        reply,
        serviceTemplates,
        templateId,
        { kind: 'add', templateId, content, by: userId },
        context,
      );
      reply.code(201);
      return viewTemplate({ templateId, content, builtIn: false, addedAt: surface.parts.clock.now() });
    },
  );

  scope.post(
    '/api/v1/templates/:id/render',
    {
      config: { ...withAuditors(access.account(SERVICES_SURFACE)), unmetered: true },
      schema: {
        tags,
        operationId: 'services_renderTemplate',
        summary: 'Preview a template',
        description:
          'Extension. Returns the configuration with the given variables without creating anything. Generated values differ in an actual service.',
        params: templateParams,
        body: renderBody,
        response: { 200: json('The rendered configuration', renderedView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { content } = await oneTemplate(surface, request, reply, request.params.id);
      return viewRendered(content, request.body.custom_variables ?? {}, randomBytes);
    },
  );

  scope.delete(
    '/api/v1/templates/:id',
    {
      config: access.admin(SERVICES_SURFACE),
      schema: {
        tags,
        operationId: 'services_removeTemplate',
        summary: 'Remove a template',
        description:
          'Extension. Services created from it are not affected. A removed built-in template is not recreated.',
        params: templateParams,
        response: { 200: json('The template was removed', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const templateId = uuidIn(request.params.id, 'template');
      const { userId } = surface.account(request);
      await surface.execute(
        reply,
        serviceTemplates,
        templateId,
        { kind: 'remove', templateId, by: userId },
        surface.context(request),
      );
      return { message: 'Template deleted successfully' };
    },
  );
}

async function visible(
  surface: ServicesSurface,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ServiceTemplateDocument[]> {
  const { role } = surface.account(request);
  const found: ServiceTemplateDocument[] = [];
  for await (const page of surface.parts.readModels.list(templateModel.name)) {
    for (const stored of page) {
      if (stored.parked) markStale(reply);
      found.push(read<ServiceTemplateDocument>(stored));
    }
  }
  return found.filter(({ content }) => content.isPublic || seesAll(role));
}

async function oneTemplate(
  surface: ServicesSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
): Promise<ServiceTemplateDocument> {
  const template = await surface.document<ServiceTemplateDocument>(
    reply,
    templateModel.name,
    uuidIn(id, 'template'),
  );
  if (template === undefined || (!template.content.isPublic && !seesAll(surface.account(request).role)))
    throw new MusterError(serviceTemplateErrors.MUSTER_E_SERVICE_TEMPLATE_NOT_FOUND);
  return template;
}

async function checked(sent: unknown): Promise<ServiceTemplateContent> {
  const { data, error } = serviceTemplateContent.safeParse(sent);
  const [issue] = error?.issues ?? [];
  if (data === undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: issue?.path.join('.') || 'template',
      problem: issue?.message ?? 'is not a template',
    });
  const against = await templateProblem(data);
  if (against !== undefined) throw new MusterError('MUSTER_E_INVALID', { ...against });
  return data;
}
