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
    hint: 'Take another name, or change that environment.',
  },
  MUSTER_E_ENVIRONMENT_REFERENCED: {
    status: 400,
    template: 'Environment is in use by tasks',
    hint: 'Delete those tasks first.',
  },
  MUSTER_E_ENVIRONMENT_NO_ROOM: {
    status: 400,
    template: 'the environments of the tenant take {taken} GB, and may have {most} GB',
    hint: 'Delete environments that are not needed; an administrator can raise MUSTER_CONDA_TENANT_GB.',
  },
  MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS: {
    status: 400,
    template: 'at most {most} changes of an environment wait at once',
    hint: 'Wait for those that go on, or cancel them.',
  },
  MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND: {
    status: 404,
    template: 'the environment has no generation {generation}',
  },
  MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND: { status: 404, template: 'the environment has no build {build}' },
  MUSTER_E_ENVIRONMENT_BUILD_NO_LOG: {
    status: 404,
    template: 'no log of the build is kept',
    hint: 'GET …/builds/:build tells what became of it.',
  },
  MUSTER_E_ENVIRONMENT_BUILD_ENDED: {
    status: 400,
    template: 'build {build} has ended',
    hint: 'Only a build that goes on, or waits, is cancelled.',
  },
});
