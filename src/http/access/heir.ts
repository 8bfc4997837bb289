import { z } from 'zod';

/** Query of routes that end an account. */
export const heirQuery = z.strictObject({
  to: z.uuid().optional().meta({
    description:
      'Account of the same tenant that takes over the services, tasks and environments. If omitted, services are stopped, tasks are paused and their runs cancelled, and builds of environments are cancelled',
  }),
});
export const HEIR_DESCRIPTION =
  'Its services, tasks and environments go to the account `to`, or end without it: services are stopped, tasks are paused and their runs cancelled, and builds of environments are cancelled. Volumes, built environments and configurations are kept, and the GPU claims of the account are released.';
