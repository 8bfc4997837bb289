import t from 'tap';
import { templateDecider, type TemplateCommand } from '#domain/template/decider.js';

const templateId = 't1';
const create: TemplateCommand = { kind: 'create', templateId, content: { name: 'web' } };
const update: TemplateCommand = { kind: 'update', templateId, changes: { name: 'api' } };
const remove: TemplateCommand = { kind: 'delete', templateId };

void t.test('creating a template needs only a name', async (t) => {
  t.same(templateDecider.decide(create, 'absent'), [{ type: 'TemplateCreated', data: { templateId, content: { name: 'web' } } }]);
});

void t.test('a template that is there changes and goes', async (t) => {
  t.same(templateDecider.decide(update, 'present'), [{ type: 'TemplateUpdated', data: { templateId, changes: { name: 'api' } } }]);
  t.same(templateDecider.decide(remove, 'present'), [{ type: 'TemplateDeleted', data: { templateId } }]);
});

void t.test('an update that names no field is no event', async (t) => {
  t.same(templateDecider.decide({ kind: 'update', templateId, changes: {} }, 'present'), []);
});

void t.test('an unknown template is not found, by update and by delete', async (t) => {
  for (const command of [update, remove]) t.throws(() => templateDecider.decide(command, 'absent'), { message: '模板不存在' });
});
