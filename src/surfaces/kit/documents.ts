import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { grant } from './access/guard.js';
import { access } from './access/policy.js';
import { documentHeaders } from './openapi/headers.js';
import { tidy } from './openapi/tidy.js';

export type OpenapiDocument = OpenAPIV3_1.Document;

/** The OpenAPI documents of a server's surfaces, by name; each is there once the server is ready. */
export class ApiDocuments {
  readonly #makers = new Map<string, () => OpenapiDocument>();

  get names(): readonly string[] {
    return [...this.#makers.keys()];
  }

  get(name: string): OpenapiDocument | undefined {
    return this.#makers.get(name)?.();
  }

  /** Routes that are added to `scope` after this are described in the document `name`. */
  async describe(scope: FastifyInstance, name: string, base: Omit<OpenapiDocument, 'openapi' | 'paths'>): Promise<void> {
    const transformObject = createJsonSchemaTransformObject({});
    await scope.register(swagger, {
      openapi: { openapi: '3.1.0', ...base } as Omit<OpenapiDocument, 'paths'>,
      transform: createJsonSchemaTransform({}),
      transformObject: (document) => transformObject(document),
    });
    let made: OpenapiDocument | undefined;
    this.#makers.set(name, () => (made ??= documentHeaders(tidy(scope.swagger() as OpenapiDocument), name)));
  }
}

/** The pages load nothing but what this server serves, over http too. */
const CONTENT_SECURITY = "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; style-src 'self' 'unsafe-inline'";

/** `/docs` for people, `/openapi/<surface>.json` for programs. */
export async function documentRoutes(app: FastifyInstance, { documents }: { readonly documents: ApiDocuments }): Promise<void> {
  grant(app, access.anyone.access);
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Muster', version: '1' } } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY,
    uiConfig: {
      deepLinking: true,
      urls: documents.names.map((name) => ({ name, url: `/openapi/${name}.json` })),
    } as never,
    theme: { title: 'Muster API' },
    transformSpecificationClone: false,
    transformSpecification: () => (documents.get(documents.names[0] ?? '') ?? {}) as Record<string, never>,
  });
  for (const name of documents.names) {
    // What is tried out on the page goes to the server that shows it.
    app.get(`/openapi/${name}.json`, { schema: { hide: true } }, () => ({ ...documents.get(name), servers: [{ url: '/', description: 'This server' }] }));
  }
}
