import { z } from 'zod';
import { access, errors, json, limit, whole, type Scope } from '#src/http/index.js';
import { KINDS, listOf, type Kind } from '../contract.js';
import { columnsOf } from '../listing.js';
import { CONSOLE_SURFACE, type ConsoleSurface } from '../surface.js';
import { viewerOf } from '../viewer.js';

const NAMES: Readonly<Record<Kind, string>> = {
  jobs: 'Job',
  nodes: 'Node',
  allocations: 'Allocation',
  runs: 'Run',
  tasks: 'Task',
  services: 'Service',
  environments: 'Environment',
  claims: 'Claim',
};

export function listReads(scope: Scope, surface: ConsoleSurface): void {
  for (const kind of KINDS) listRead(scope, surface, kind);
}

function listRead(scope: Scope, surface: ConsoleSurface, kind: Kind): void {
  scope.get(
    `/console/api/${kind}`,
    {
      config: access.page(CONSOLE_SURFACE),
      schema: {
        tags: ['lists'],
        operationId: `console_list${NAMES[kind]}s`,
        summary: `List ${kind}`,
        description: `Returns a page of the ${kind} that the caller may see, and how many match. Only the newest 250,000 are considered.`,
        querystring: queryOf(kind),
        response: { 200: json('The page', listOf(kind, NAMES[kind])), ...errors() },
      },
    },
    async (request) => {
      const { total, rows } = await surface.listing.page(kind, viewerOf(request), request.query);
      return { total, position: surface.reached(), rows } as never;
    },
  );
}

function queryOf(kind: Kind) {
  const columns = [...columnsOf(kind)];
  const pattern = `^-?(?:${columns.join('|')})$`;
  return z.strictObject({
    filter: z
      .string()
      .max(500)
      .default('')
      .meta({
        description:
          'Returns only rows that contain all of these words, ignoring case. `status:failed` and `owner:ann` match a single column',
        examples: ['status:running web'],
      }),
    sort: z
      .string()
      .regex(new RegExp(pattern, 'u'), `must be one of ${columns.join(', ')}, optionally with a leading -`)
      .optional()
      .meta({
        description: 'Column to sort by; a leading `-` means descending. Default: newest first',
        pattern,
      }),
    offset: whole(0, 1_000_000).default(0).meta({ description: 'Number of rows to skip' }),
    limit: limit(200, 50, 'rows'),
  });
}
