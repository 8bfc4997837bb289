import { z } from 'zod';

/** Query of routes that end an account. */
export const heirQuery = z.strictObject({
  to: z.uuid().optional().meta({
    description:
      'Account of the same tenant that takes over the services and tasks. If omitted, services are stopped, and tasks are paused and their runs cancelled',
  }),
});
export const HEIR_DESCRIPTION =
  'Its services and tasks go to the account `to`, or end without it: services are stopped, tasks are paused and their runs cancelled. Volumes, environments and configurations are kept, and the GPU claims of the account are released.';
