import {
  environments,
  type EnvironmentCommand,
  type EnvironmentEvent,
  type EnvironmentState,
} from '#domain/environments/environment/index.js';
import { NO_WORK } from '#domain/work/index.js';
import {
  environments as environmentModel,
  ownerEndDueAt,
  type EnvironmentDocument,
} from '#projections/environments/environments.js';
import { ownedWork } from '#src/fleet/owned-work/index.js';

/** Cancels the builds of environments whose owners were erased or deactivated, or hands the environments to the account's heir. */
export const ownerWork = ownedWork<
  EnvironmentCommand,
  EnvironmentEvent,
  EnvironmentState,
  EnvironmentDocument
>({
  name: 'environment-owners',
  surface: 'conda',
  projection: environmentModel,
  aggregate: environments,
  item: ({ environmentId }) => ({
    stream: environmentId,
    workId: `environment-${environmentId}`,
    jobId: '',
  }),
  dueAt: ownerEndDueAt,
  view: () => NO_WORK,
  settle: (_state, { ownerEnd }) => ownerEnd && { kind: 'ownerEnded', end: ownerEnd },
  want: () => undefined,
  job: () => undefined,
});
