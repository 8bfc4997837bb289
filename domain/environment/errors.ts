import { declareErrors } from '../errors/index.js';

/** What can be wrong with an environment. */
export const environmentErrors = declareErrors({
  MUSTER_E_ENVIRONMENT_NOT_FOUND: { status: 404, template: 'Environment not found' },
  MUSTER_E_ENVIRONMENT_NAME_TAKEN: { status: 400, template: 'there is an environment {name} already', hint: 'Take another name, or change that environment.' },
  MUSTER_E_ENVIRONMENT_REFERENCED: { status: 400, template: 'tasks refer to the environment', hint: 'Delete those tasks first.' },
  MUSTER_E_ENVIRONMENT_PACKAGES: { status: 400, template: 'packages could not be had: {packages}' },
  MUSTER_E_ENVIRONMENT_TOO_MANY_BUILDS: {
    status: 400,
    template: 'at most {most} changes of an environment wait at once',
    hint: 'Wait for those that go on, or cancel them.',
  },
  MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND: { status: 404, template: 'the environment has no generation {generation}' },
  MUSTER_E_ENVIRONMENT_BUILD_NOT_FOUND: { status: 404, template: 'the environment has no build {build}' },
  MUSTER_E_ENVIRONMENT_BUILD_ENDED: { status: 400, template: 'build {build} has ended', hint: 'Only a build that goes on, or waits, is cancelled.' },
});
