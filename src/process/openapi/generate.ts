import fastify, { type FastifyInstance } from 'fastify';
import {
  DEFAULT_LIMITS,
  ApiDocuments,
  type DocumentBase,
  headerConstraints,
  type Scope,
  validateByZod,
} from '#src/http/index.js';
import { readSettings } from '../settings/settings.js';
import { surfaceHost } from '../surfaces/host.js';
import { FOLDS } from '../read-side/folds.js';
import type { SurfaceParts } from '../surfaces/list.js';
import { loadSurfaces } from '../surfaces/load.js';
import { agentRoutes } from './agent-routes.js';
import { AGENT_INFO } from './agent-info.js';

/** Generates the OpenAPI descriptions of all surfaces and the agent, by file name. The output is deterministic, derived from the route schemas. */
export async function generateOpenapi(): Promise<Record<string, string>> {
  const documents = new ApiDocuments();
  const surfaces = await loadSurfaces();
  const app = fastify({
    routerOptions: { constraints: headerConstraints(surfaces.flatMap(({ served }) => served.mounts)) },
  });
  app.setValidatorCompiler(validateByZod);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  const host = surfaceHost(undocumentedParts(), surfaces, DEFAULT_LIMITS);
  const scoped = (
    name: string,
    base: DocumentBase,
    routes: (scope: FastifyInstance) => Promise<unknown>,
  ): void => {
    app.register(async (scope) => {
      await documents.describe(scope, name, base);
      await routes(scope);
    });
  };
  const settings = readSettings({}).surfaces;
  for (const { declaration, served } of surfaces) {
    scoped(declaration.name, served.document, async (scope) =>
      served.routes(scope as Scope, host, settings[declaration.name]),
    );
  }
  scoped('agent', AGENT_INFO, async (scope) => scope.register(agentRoutes));
  await app.ready();
  const files = documents.names.map((name) => [
    `${name}.json`,
    `${JSON.stringify(documents.get(name), null, 2)}\n`,
  ]);
  await app.close();
  return Object.fromEntries(files) as Record<string, string>;
}

const UNDOCUMENTED: Readonly<Record<string, unknown>> = {
  settings: {},
  identity: {},
  catalog: FOLDS.catalog,
};

/** Placeholders for the server's components. Generating descriptions does not run any handler. */
function undocumentedParts(): SurfaceParts {
  return new Proxy({} as SurfaceParts, { get: (_target, name) => UNDOCUMENTED[String(name)] });
}
