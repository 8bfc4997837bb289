import { templates } from '#domain/jobs/template/aggregate.js';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import { message } from '#domain/protocol/index.js';
import { madeId } from '#src/engine/commands/index.js';
import {
  access,
  errors,
  json,
  page,
  named,
  sendList,
  type ListItem,
  idIn,
  read,
  type Scope,
  withCleared,
} from '#src/http/index.js';
import { compiled } from '../specification.js';
import { params } from '../contract.js';
import {
  templateBody,
  templateCreated,
  templateList,
  templateUpdateBody,
  templateView,
} from '../template-contract.js';
import { ofStreams, type ClusterSurface } from '../surface.js';
import { viewTemplate, viewTemplateSummary } from '../view.js';
import { templates as templateModel, type TemplateDocument } from '#projections/jobs/templates.js';

const tags = ['templates'];
const query = z.strictObject(page);

export function templateReads(scope: Scope, surface: ClusterSurface): void {
  scope.get(
    '/templates',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_listTemplates',
        summary: 'List job templates',
        description: 'Returns all templates without their groups, in order of creation.',
        querystring: query,
        response: { 200: json('The templates', templateList), ...errors() },
      },
    },
    (request, reply) => sendList(reply, named('templates'), templateItems(surface, request.query)),
  );

  scope.get(
    '/templates/:template_id',
    {
      config: access.operator,
      schema: {
        tags,
        operationId: 'cluster_getTemplate',
        summary: 'Get a job template',
        description: 'Returns one complete template.',
        params: params.template,
        response: { 200: json('The template', templateView), ...errors(404) },
      },
    },
    async (request, reply) => {
      const document = await surface.document<TemplateDocument>(
        reply,
        templateModel.name,
        templateIdIn(request.params.template_id),
      );
      if (document === undefined) throw new MusterError('MUSTER_E_TEMPLATE_NOT_FOUND');
      return viewTemplate({ ...document, content: await surface.opened(document.content) });
    },
  );
}

export function templateCommands(scope: Scope, surface: ClusterSurface): void {
  scope.post(
    '/templates',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_createTemplate',
        summary: 'Create a job template',
        description: 'Only `name` is required. `task_groups` are validated like those of a job.',
        body: templateBody,
        response: { 200: json('Created', templateCreated), ...errors() },
      },
    },
    async (request, reply) => {
      const content = compiled(request.body);
      checkNewName('name', content.name, 'uuid');
      surface.checkSpecification(request, content);
      const context = surface.context(request);
      const templateId = madeId(context.commandId, 'template');
      await surface.execute(
        reply,
        templates,
        templateId,
        { kind: 'create', templateId, content: await surface.sealed(content) },
        context,
        { fresh: true },
      );
      return { template_id: templateId, message: '作业模板创建成功' };
    },
  );

  scope.put(
    '/templates/:template_id',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_updateTemplate',
        summary: 'Update a job template',
        description:
          'Changes the fields in the body. Jobs that were already created from the template are not affected.',
        params: params.template,
        body: templateUpdateBody,
        response: { 200: json('Updated', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const templateId = templateIdIn(request.params.template_id);
      const changes = compiled(withCleared(request.body));
      if (changes.name !== undefined) {
        const former = await surface.document<TemplateDocument>(reply, templateModel.name, templateId);
        checkNewName('name', changes.name, 'uuid', former?.content.name);
      }
      surface.checkSpecification(request, changes);
      await surface.execute(
        reply,
        templates,
        templateId,
        { kind: 'update', templateId, changes: await surface.sealed(changes) },
        surface.context(request),
      );
      return { message: '作业模板更新成功' };
    },
  );

  scope.delete(
    '/templates/:template_id',
    {
      config: ofStreams,
      schema: {
        tags,
        operationId: 'cluster_deleteTemplate',
        summary: 'Delete a job template',
        description: 'Jobs created from the template are not affected.',
        params: params.template,
        response: { 200: json('Deleted', message), ...errors(404) },
      },
    },
    async (request, reply) => {
      const templateId = templateIdIn(request.params.template_id);
      await surface.execute(
        reply,
        templates,
        templateId,
        { kind: 'delete', templateId },
        surface.context(request),
      );
      return { message: '作业模板删除成功' };
    },
  );
}

function templateIdIn(path: string): string {
  return idIn(path, 'MUSTER_E_TEMPLATE_NOT_FOUND');
}

async function* templateItems(
  surface: ClusterSurface,
  { after, limit }: z.infer<typeof query>,
): AsyncGenerator<ListItem> {
  const options = { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) };
  for await (const documents of surface.parts.readModels.list(templateModel.name, options)) {
    for (const stored of documents) {
      yield {
        json: JSON.stringify(viewTemplateSummary(read<TemplateDocument>(stored))),
        stale: stored.parked,
      };
    }
  }
}
