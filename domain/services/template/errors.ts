import { declareErrors } from '../../kernel/errors/index.js';

export const serviceTemplateErrors = declareErrors({
  MUSTER_E_SERVICE_TEMPLATE_NOT_FOUND: { status: 404, template: 'Template not found' },
  MUSTER_E_SERVICE_TEMPLATE_EXISTS: {
    status: 400,
    template: 'template {name} already exists',
    hint: 'Remove it first, or use a different name.',
  },
  MUSTER_E_TEMPLATE_VARIABLES_UNSET: {
    status: 400,
    template: 'these variables need a value: {names}',
    hint: 'Set them in custom_variables.',
  },
  MUSTER_E_TEMPLATE_VARIABLE_UNKNOWN: {
    status: 400,
    template: 'the template has no variable {names}',
    hint: 'GET /api/v1/templates/:id lists them.',
  },
  MUSTER_E_TEMPLATE_VARIABLE_INVALID: { status: 400, template: '{name}: {problem}' },
});
