import { AGENT_OPERATIONS, type AgentOperation } from '#domain/protocol/index.js';
import { routeSchema, type Scope } from '#src/http/index.js';

const tags = ['allocations'];

/** Routes of a node agent (`agents/api`), registered only for its API description. Servers do not serve them. */
export async function agentRoutes(app: Scope): Promise<void> {
  const routes = Object.values<AgentOperation>(AGENT_OPERATIONS).flatMap(({ http }) =>
    http?.document === undefined ? [] : [{ ...http, document: http.document }],
  );
  const isOfAllocations = ({ path }: { readonly path: string }): boolean => path.startsWith('/allocations');
  // Readers look for allocation paths first, so these paths come first in the description.
  for (const { method, path, document } of [
    ...routes.filter(isOfAllocations),
    ...routes.filter((route) => !isOfAllocations(route)),
  ])
    app.route({
      method,
      url: path,
      schema: { tags, security: [{ orderProof: [] }], ...routeSchema(document) },
      handler: () => {
        throw new Error('this route is documented here and served by an agent');
      },
    });
}
