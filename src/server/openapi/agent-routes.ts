import { AGENT_OPERATIONS, type AgentOperation, type RouteDocument } from '#domain/protocol/index.js';
import { byteStream, errors, json, type Scope } from '#src/surfaces/kit/index.js';

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
      schema: schemaOf(document),
      handler: () => {
        throw new Error('this route is documented here and served by an agent');
      },
    });
}

function schemaOf({
  operationId,
  summary,
  description,
  params,
  query,
  body,
  answer,
  errors: refusals,
}: RouteDocument) {
  return {
    tags,
    security: [{ orderToken: [] }],
    operationId,
    summary,
    description,
    ...(body === undefined ? {} : { body }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    response: {
      200:
        'schema' in answer
          ? json(answer.description, answer.schema)
          : byteStream(answer.description, answer.media),
      ...errors(...refusals),
    },
  };
}
