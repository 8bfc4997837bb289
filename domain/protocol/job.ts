import { z } from 'zod';
import { JOB_FIELDS } from '../jobs/job/specification.js';
import { contractGroups } from './task.js';

export const contractJob = z.strictObject({ task_groups: contractGroups, ...JOB_FIELDS });
