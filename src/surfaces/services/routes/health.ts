import { version } from '#src/engine/version.js';
import { access, errors, json, type Scope } from '#src/http/index.js';
import { healthView } from '../contract/health.js';
import type { ServicesSurface } from '../surface.js';

const PATHS = [
  ['/api/v1/health', 'services_getHealth'],
  ['/health', 'services_getServerHealth'],
] as const;

export function healthReads(scope: Scope, { parts: { readiness } }: ServicesSurface): void {
  const program = version();
  for (const [path, operationId] of PATHS) {
    scope.get(
      path,
      {
        config: access.anyone,
        schema: {
          tags: ['health'],
          operationId,
          summary: 'Get the health of the server',
          description:
            'Returns 200 even while checks fail; the status is then `degraded`. `/readyz` lists failing checks.',
          response: { 200: json('The health', healthView), ...errors(400) },
        },
      },
      async () => {
        const checks = readiness();
        return {
          status: checks.every(({ ok }) => ok) ? ('healthy' as const) : ('degraded' as const),
          version: program,
        };
      },
    );
  }
}
