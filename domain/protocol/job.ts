import { z } from 'zod';
import { JOB_FIELDS } from '../jobs/job/specification.js';
import { contractGroups } from './task.js';

/** A job in the terms of the cluster contract, without its id. */
export const contractJob = z.strictObject({ task_groups: contractGroups, ...JOB_FIELDS });
