import type { RouteOptions } from 'fastify';
import type { OpenAPIV3_1 } from 'openapi-types';
import { acceptsMoment, refusalsAsOf } from '../as-of.js';
import { ERROR_DESCRIPTIONS } from '../responses.js';
import { takesKey } from '../idempotency-key.js';
import { isMetered } from '../log-quota.js';
import { waitsFor } from '../positions.js';
import {
  AS_OF,
  EPOCH,
  IDEMPOTENCY_KEY,
  LAST_EVENT_ID,
  MIN_POSITION,
  OF_COMMANDS,
  OF_ERRORS,
  OF_READS,
  OF_SESSIONS,
} from './headers.js';
import { refusalsOf, schemesOf, securityOf } from './security.js';

type Document = OpenAPIV3_1.Document;
type Operation = OpenAPIV3_1.OperationObject;
type Answer = OpenAPIV3_1.ResponseObject;
type Headers = NonNullable<Answer['headers']>;
type Config = NonNullable<RouteOptions['config']>;

/** Statuses that every operation may return: wrong host name, rate limit, overload. */
const OF_ANY = [421, 429, 503] as const;

/** Configs of the routes by operation id. */
export type Configs = ReadonlyMap<string, Config>;

/**
 * Adds to each operation its security requirements, headers and refusals, all derived from the `config` of its route. An operation without an access
 * policy gets only the errors that all operations have.
 */
export function stateOperations(document: Document, configs: Configs): Document {
  const requirements: OpenAPIV3_1.SecurityRequirementObject[] = [];
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    const operations = Object.entries(item ?? {}).map(([method, each]) => {
      const operation = each as Operation;
      const config = configs.get(operation.operationId ?? '');
      const stated = config?.access === undefined ? operation : state(operation, method, config);
      requirements.push(...(stated.security ?? []));
      return [
        method,
        { ...stated, responses: withErrorHeaders(withRefusals(stated.responses ?? {}, OF_ANY)) },
      ];
    });
    return [path, Object.fromEntries(operations)];
  });
  const securitySchemes = { ...document.components?.securitySchemes, ...schemesOf(requirements) };
  const components = {
    ...document.components,
    ...(Object.keys(securitySchemes).length > 0 && { securitySchemes }),
  };
  return { ...document, components, paths: Object.fromEntries(paths) as OpenAPIV3_1.PathsObject };
}

function state(operation: Operation, method: string, config: Config): Operation {
  const { access, keyless, resumes, epochs, bodyOptional, opensSession } = config;
  const waits = waitsFor(config) !== 'nothing';
  const key = takesKey(method.toUpperCase(), keyless);
  const parameters = [
    ...(key ? [IDEMPOTENCY_KEY] : []),
    ...(waits ? [MIN_POSITION] : []),
    ...(method === 'get' && acceptsMoment(config) ? [AS_OF] : []),
    ...(resumes === true ? [LAST_EVENT_ID] : []),
    ...(epochs === true ? [EPOCH] : []),
  ];
  const refusals = [
    ...(access === undefined ? [] : refusalsOf(access)),
    ...(parameters.length > 0 || hasInput(operation) ? [400] : []),
    ...(method === 'get' ? refusalsAsOf(config) : []),
    ...(key ? [422] : []),
    ...(isMetered(method.toUpperCase(), config) ? [429] : []),
  ];
  const cookie =
    opensSession === true ||
    (access !== undefined && 'accepts' in access && access.accepts.includes('cookie'));
  const given = {
    ...(key && OF_COMMANDS),
    ...(waits && method === 'get' && OF_READS),
    ...(cookie && OF_SESSIONS),
  };
  return {
    ...operation,
    ...(parameters.length > 0 && { parameters: [...(operation.parameters ?? []), ...parameters] }),
    ...(bodyOptional === true && {
      requestBody: { ...(operation.requestBody as OpenAPIV3_1.RequestBodyObject), required: false },
    }),
    security: access === undefined ? [] : [...securityOf(access)],
    responses: withHeaders(withRefusals(operation.responses ?? {}, refusals), given),
  };
}

/** Whether the operation has parameters or a body, which its schema may refuse. */
function hasInput({ parameters = [], requestBody }: Operation): boolean {
  return parameters.length > 0 || requestBody !== undefined;
}

/** Gives the added errors the shape of the 500, because all errors of a surface have the same shape. */
function withRefusals(
  responses: OpenAPIV3_1.ResponsesObject,
  statuses: readonly number[],
): OpenAPIV3_1.ResponsesObject {
  const { content } = (responses['500'] ?? {}) as Answer;
  const added = statuses.map((status) => [
    status,
    { description: ERROR_DESCRIPTIONS[status], ...(content && { content }) },
  ]);
  return { ...Object.fromEntries(added), ...responses } as OpenAPIV3_1.ResponsesObject;
}

function withHeaders(responses: OpenAPIV3_1.ResponsesObject, headers: Headers): OpenAPIV3_1.ResponsesObject {
  const done = Object.keys(responses).find((status) => status.startsWith('2'));
  if (done === undefined || Object.keys(headers).length === 0) return responses;
  return { ...responses, [done]: { ...(responses[done] as Answer), headers } };
}

function withErrorHeaders(responses: OpenAPIV3_1.ResponsesObject): OpenAPIV3_1.ResponsesObject {
  const stated = Object.entries(responses).map(([status, answer]) => [
    status,
    Number(status) < 400 ? answer : { ...answer, headers: OF_ERRORS },
  ]);
  return Object.fromEntries(stated) as OpenAPIV3_1.ResponsesObject;
}
