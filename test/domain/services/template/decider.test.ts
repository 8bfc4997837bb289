import t from 'tap';
import {
  BUILT_IN_TEMPLATES,
  serviceTemplates,
  templateIdOf,
  type ServiceTemplateCommand,
  type ServiceTemplateEvent,
} from '#domain/services/template/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(serviceTemplates);
const content = BUILT_IN_TEMPLATES[0]!;
const templateId = templateIdOf(content.name);
const own = { ...content, description: 'ours' };

const addBuiltIn = (revision: number): ServiceTemplateCommand => ({
  kind: 'addBuiltIn',
  templateId,
  content,
  revision,
});
const add: ServiceTemplateCommand = { kind: 'add', templateId, content: own, by: 'u1' };
const remove: ServiceTemplateCommand = { kind: 'remove', templateId, by: 'u1' };

const builtIn = (revision: number): ServiceTemplateEvent => ({
  type: 'ServiceTemplateAdded',
  data: { templateId, content, builtIn: revision },
});
const added: ServiceTemplateEvent = {
  type: 'ServiceTemplateAdded',
  data: { templateId, content: own, addedBy: 'u1' },
};
const removed: ServiceTemplateEvent = {
  type: 'ServiceTemplateRemoved',
  data: { templateId, removedBy: 'u1' },
};

void t.test('a built-in template is added once, whichever server starts first', async (t) => {
  given().when(addBuiltIn(1), addBuiltIn(1)).then(t, builtIn(1));
});

void t.test('a built-in template is replaced by a newer revision, but never by an older one', async (t) => {
  given(builtIn(1)).when(addBuiltIn(2)).then(t, builtIn(2));
  given(builtIn(1), builtIn(2)).when(addBuiltIn(1)).then(t);
});

void t.test('a removed built-in template is not added again', async (t) => {
  given(builtIn(1)).when(remove).then(t, removed);
  given(builtIn(1), removed).when(addBuiltIn(2)).then(t);
});

void t.test('a template added in place of a built-in one is not overwritten', async (t) => {
  given(builtIn(1), removed).when(add).then(t, added);
  given(builtIn(1), removed, added).when(addBuiltIn(2)).then(t);
});

void t.test('two templates cannot have the same name', async (t) => {
  given(builtIn(1))
    .when(add)
    .refused(t, 'MUSTER_E_SERVICE_TEMPLATE_EXISTS', 'template postgresql already exists');
});

void t.test('removing an unknown template is refused', async (t) => {
  given().when(remove).refused(t, 'MUSTER_E_SERVICE_TEMPLATE_NOT_FOUND', 'Template not found');
  given(builtIn(1), removed).when(remove).refused(t, 'MUSTER_E_SERVICE_TEMPLATE_NOT_FOUND');
});
