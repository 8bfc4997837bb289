import t from 'tap';
import { templates } from '#domain/jobs/template/aggregate.js';
import type { TemplateCommand } from '#domain/jobs/template/decider.js';
import type { TemplateEvent } from '#domain/jobs/template/events.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(templates);
const templateId = 't1';
const create: TemplateCommand = { kind: 'create', templateId, content: { name: 'web' } };
const update: TemplateCommand = { kind: 'update', templateId, changes: { name: 'api' } };
const remove: TemplateCommand = { kind: 'delete', templateId };

const created: TemplateEvent = { type: 'TemplateCreated', data: { templateId, content: { name: 'web' } } };
const updated: TemplateEvent = { type: 'TemplateUpdated', data: { templateId, changes: { name: 'api' } } };
const deleted: TemplateEvent = { type: 'TemplateDeleted', data: { templateId } };

void t.test('creating a template needs only a name', async (t) => {
  given().when(create).then(t, created);
});

void t.test('an existing template can be updated and deleted', async (t) => {
  given(created).when(update).then(t, updated);
  given(created).when(remove).then(t, deleted);
  given(created, updated).when(remove).then(t, deleted);
});

void t.test('an update without fields records no event', async (t) => {
  given(created).when({ kind: 'update', templateId, changes: {} }).then(t);
});

void t.test('updating or deleting an unknown template is refused', async (t) => {
  for (const command of [update, remove]) {
    given().when(command).refused(t, 'MUSTER_E_TEMPLATE_NOT_FOUND', '模板不存在');
    given(created, deleted).when(command).refused(t, 'MUSTER_E_TEMPLATE_NOT_FOUND');
  }
});
