import { aggregate, plainState } from '../../kernel/event/index.js';
import { environmentDecider } from './decider.js';
import { environmentErrors } from './errors.js';
import { environmentEvents } from './events.js';
import { BUILD_JOBS } from './identifier.js';
import { environmentNameDecider, environmentNameEvents } from './names.js';
import { environmentDiskDecider, environmentDiskEvents, type EnvironmentDiskState } from './disk-usage.js';
import type { EnvironmentState } from './state.js';

export const environments = aggregate({
  category: 'environment',
  owner: 'conda',
  events: environmentEvents,
  errors: environmentErrors,
  jobs: BUILD_JOBS,
  counted: {},
  decider: environmentDecider,
  state: plainState<EnvironmentState>(2),
});

export const environmentNames = aggregate({
  category: 'environmentname',
  owner: 'conda',
  events: environmentNameEvents,
  decider: environmentNameDecider,
});

export const environmentDisk = aggregate({
  category: 'environmentroom',
  owner: 'conda',
  events: environmentDiskEvents,
  decider: environmentDiskDecider,
  state: plainState<EnvironmentDiskState>(1),
});
