import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import {
  WRITTEN_LINKS,
  generatedDocument,
  type DocumentLink,
  type WrittenDocument,
} from '#agents/platform/generated-document.js';
import { grant } from './guard.js';
import { access } from './access/policy.js';
import { sendOctetsOnRequest } from './openapi/octets.js';
import { plainBooleans } from './openapi/booleans.js';
import { plainDates } from './openapi/dates.js';
import { namedEnumValues } from './openapi/enum-values.js';
import { plainDefaults } from './openapi/defaults.js';
import { flatUnions } from './openapi/flat-unions.js';
import { knownFormats } from './openapi/formats.js';
import { namedObjects } from './openapi/named-objects.js';
import { plainNumbers } from './openapi/numbers.js';
import { stateOperations, type Configs } from './openapi/operations.js';
import { namedEnums, orderedParameters } from './openapi/parameters.js';
import { tidy } from './openapi/tidy.js';
import { openAnswers } from './openapi/open-answers.js';
import { readableStreams } from './openapi/streams.js';
import { plainPatterns } from './openapi/patterns.js';
import { readableUnions } from './openapi/unions.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route streams events and resumes after `Last-Event-ID`. */
    readonly resumes?: boolean;
    /** The body may be omitted. Its schema accepts that too. */
    readonly bodyOptional?: boolean;
    /** The route opens a browser session. */
    readonly opensSession?: boolean;
    /** Nodes call this route. Muster's agents add the epoch of their registration. */
    readonly epochs?: boolean;
  }
}

export type OpenapiDocument = OpenAPIV3_1.Document;

export type DocumentBase = Omit<OpenapiDocument, 'openapi' | 'paths'>;

/** The OpenAPI descriptions of the surfaces, by name. They are available once the server is ready. */
export class ApiDocuments {
  readonly #makers = new Map<string, () => OpenapiDocument>();

  get names(): readonly string[] {
    return [...this.#makers.keys()];
  }

  get(name: string): OpenapiDocument | undefined {
    return this.#makers.get(name)?.();
  }

  get links(): readonly DocumentLink[] {
    return [
      ...this.names.map((name) => ({
        name,
        title: this.get(name)?.info.title ?? name,
        url: `/openapi/${name}.json`,
      })),
      ...WRITTEN_LINKS,
    ];
  }

  async describe(scope: FastifyInstance, name: string, base: DocumentBase): Promise<void> {
    const routes: RouteOptions[] = [];
    scope.addHook('onRoute', (route) => {
      routes.push(route);
    });
    sendOctetsOnRequest(scope);
    const transformObject = createJsonSchemaTransformObject({});
    await scope.register(swagger, {
      openapi: { openapi: '3.1.0', ...base } as Omit<OpenapiDocument, 'paths'>,
      transform: createJsonSchemaTransform({}),
      transformObject: (document) => transformObject(document),
    });
    let made: OpenapiDocument | undefined;
    this.#makers.set(name, () => (made ??= published(scope.swagger() as OpenapiDocument, configsOf(routes))));
  }
}

const STEPS: readonly ((document: OpenapiDocument) => OpenapiDocument)[] = [
  readableUnions,
  flatUnions,
  knownFormats,
  plainDates,
  plainPatterns,
  plainBooleans,
  plainDefaults,
  tidy,
  namedEnums,
  namedEnumValues,
  namedObjects,
  plainNumbers,
  readableStreams,
  openAnswers,
];

function published(document: OpenapiDocument, configs: Configs): OpenapiDocument {
  const plain = STEPS.reduce((before, step) => step(before), document);
  return orderedParameters(stateOperations(plain, configs));
}

export function plainSchema<Schema>(schema: Schema): Schema {
  return plainNumbers(knownFormats(schema));
}

function configsOf(routes: readonly RouteOptions[]): Configs {
  return new Map(
    routes.flatMap(({ schema, config }) =>
      schema?.operationId === undefined || config === undefined
        ? []
        : [[schema.operationId, config] as const],
    ),
  );
}

/** The pages load only resources from this server. `upgrade-insecure-requests` is omitted so that the pages also work over plain HTTP. */
const CONTENT_SECURITY =
  "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; style-src 'self' 'unsafe-inline'";

export async function documentRoutes(
  app: FastifyInstance,
  { documents }: { readonly documents: ApiDocuments },
): Promise<void> {
  grant(app, access.anyone.access);
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Muster', version: '1' } } });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY,
    uiConfig: {
      deepLinking: true,
      urls: [...documents.names, 'agent'].map((name) => ({ name, url: `/openapi/${name}.json` })),
    } as never,
    theme: { title: 'Muster API' },
    transformSpecificationClone: false,
    transformSpecification: () => (documents.get(documents.names[0] ?? '') ?? {}) as Record<string, never>,
  });
  for (const name of documents.names) {
    app.get(`/openapi/${name}.json`, { schema: { hide: true } }, () => ({
      ...documents.get(name),
      servers: [{ url: '/', description: 'This server' }],
    }));
  }
  for (const { name, url } of WRITTEN_LINKS) {
    for (const path of [url, `/docs/${name}.json`])
      app.get(path, { schema: { hide: true } }, () => generatedDocument(name as WrittenDocument));
  }
}
