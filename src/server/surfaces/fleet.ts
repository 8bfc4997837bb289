import { allocations } from '#projections/jobs/allocations.js';
import { jobs } from '#projections/jobs/jobs.js';
import { nodes } from '#projections/nodes/nodes.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const fleet = { name: 'fleet', projections: [jobs, allocations, nodes] } satisfies SurfaceDeclaration;
