import { allocations } from './allocations.js';
import { evaluations } from './evaluations.js';
import { jobs } from './jobs.js';
import { nodes } from './nodes.js';
import type { Projection } from './projection.js';
import { templates } from './templates.js';
import { users } from './users.js';

/** Every read model there is. */
export const PROJECTIONS: readonly Projection[] = [jobs, allocations, nodes, templates, evaluations, users];
