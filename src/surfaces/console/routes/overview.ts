import type { z } from 'zod';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { overviewView } from '../contract.js';
import { overviewOf } from '../overview.js';
import { CONSOLE_SURFACE, type ConsoleSurface } from '../surface.js';
import { viewerOf } from '../viewer.js';

export function overviewReads(scope: Scope, surface: ConsoleSurface): void {
  scope.get(
    '/console/api/overview',
    {
      config: access.page(CONSOLE_SURFACE),
      schema: {
        tags: ['lists'],
        operationId: 'console_getOverview',
        summary: 'Get the overview',
        description:
          'Returns the number of objects by status, the latest failures, and the jobs that are waiting.',
        response: { 200: json('The overview', overviewView), ...errors() },
      },
    },
    async (request): Promise<z.input<typeof overviewView>> => ({
      ...(await surface.head()),
      ...(await overviewOf(surface, viewerOf(request))),
    }),
  );
}
