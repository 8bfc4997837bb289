import { version } from '#src/engine/version.js';
import { access, errors, ignoreBodies, json, type Scope } from '#src/surfaces/kit/index.js';
import { healthView } from '../contract/health.js';
import type { ServicesSurface } from '../surface.js';

/** Both paths give the same response. */
const PATHS = [
  ['/api/v1/health', 'services_getHealth'],
  ['/health', 'services_getServerHealth'],
] as const;

export function healthReads(scope: Scope, { parts: { readiness } }: ServicesSurface): void {
  const program = version();
  ignoreBodies(scope);

  for (const [path, operationId] of PATHS) {
    scope.get(
      path,
      {
        config: access.anyone,
        schema: {
          tags: ['health'],
          operationId,
          summary: 'Get the health of the server',
          description: 'Always 200 if the server responds. `/readyz` names failing checks.',
          response: { 200: json('The health', healthView), ...errors(400) },
        },
      },
      async () => {
        const checks = await readiness();
        return {
          status: checks.every(({ ok }) => ok) ? ('healthy' as const) : ('degraded' as const),
          version: program,
        };
      },
    );
  }
}
