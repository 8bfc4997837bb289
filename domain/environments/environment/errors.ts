import { declareErrors } from '../../kernel/errors/index.js';

export const environmentErrors = declareErrors({
  MUSTER_E_ENVIRONMENT_NOT_FOUND: { status: 404, template: 'Environment not found' },
  MUSTER_E_ENVIRONMENT_NOT_YOURS: {
    status: 403,
    template: 'You do not have permission to {what} this environment',
  },
  MUSTER_E_ENVIRONMENT_NAME_TAKEN: {
    status: 400,
    template: 'Cannot {what} an existing name',
    hint: 'Use a different name, or change the existing environment.',
  },
  MUSTER_E_ENVIRONMENT_REFERENCED: {
    status: 400,
    template: 'Environment is in use by tasks',
    hint: 'Delete those tasks first.',
  },
  MUSTER_E_ENVIRONMENT_NO_ROOM: {
    status: 400,
    template: 'the environments of the tenant use {taken} GB; the limit is {most} GB',
    hint: 'Delete environments that are no longer needed, or ask an administrator to raise MUSTER_CONDA_TENANT_GB.',
  },
  MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS: {
    status: 400,
    template: 'too many pending changes to the environment: the limit is {most}',
    hint: 'Wait until some of them have finished, or cancel them.',
  },
  MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND: {
    status: 404,
    template: 'the environment has no generation {generation}',
  },
  MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND: { status: 404, template: 'the environment has no build {build}' },
  MUSTER_E_ENVIRONMENT_BUILD_NO_LOG: {
    status: 404,
    template: 'the log of the build is no longer available',
    hint: 'GET …/builds/:build shows what happened to it.',
  },
  MUSTER_E_ENVIRONMENT_BUILD_ENDED: {
    status: 400,
    template: 'build {build} has ended',
    hint: 'Only a running or waiting build can be cancelled.',
  },
});
