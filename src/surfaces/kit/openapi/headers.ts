import type { OpenAPIV3_1 } from 'openapi-types';

type Operation = OpenAPIV3_1.OperationObject;

const IDEMPOTENCY_KEY: OpenAPIV3_1.ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const MIN_POSITION: OpenAPIV3_1.ParameterObject = {
  name: 'X-Muster-Min-Position',
  in: 'header',
  required: false,
  description: 'Wait, at most 500 ms, until this position can be seen',
  schema: { type: 'string', pattern: '^\\d{1,19}$' },
};
const LAST_EVENT_ID: OpenAPIV3_1.ParameterObject = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Position of the last event that was received: go on behind it',
  schema: { type: 'string', pattern: '^\\d{1,19}$' },
};
const POSITION: OpenAPIV3_1.HeaderObject = { description: 'Position of the newest event that the command left, where it left one', schema: { type: 'string' } };
const STALE: OpenAPIV3_1.HeaderObject = { description: '`true` where the answer shows an older state than asked for', schema: { type: 'string', enum: ['true'] } };

/** Says which headers the routes of a surface take and give: the same for all commands, and for all reads. */
export function documentHeaders(document: OpenAPIV3_1.Document, surface: string): OpenAPIV3_1.Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [path, Object.fromEntries(Object.entries(item ?? {}).map(([method, operation]) => [method, withHeaders(operation as Operation, method, surface)]))]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIV3_1.PathsObject };
}

function withHeaders(operation: Operation, method: string, surface: string): Operation {
  if (surface === 'audit') return { ...operation, parameters: [...(operation.parameters ?? []), LAST_EVENT_ID] };
  if (surface === 'agent' || operation.tags?.includes('agents') === true) return operation;
  // What can be refused as a key used before takes a key.
  if (surface === 'gpu' && method !== 'get' && operation.responses?.['422'] === undefined) return operation;
  const [parameter, headers] = method === 'get' ? [MIN_POSITION, { 'X-Muster-Stale': STALE }] : [IDEMPOTENCY_KEY, { 'X-Muster-Position': POSITION }];
  const status = operation.responses?.['201'] === undefined ? '200' : '201';
  const done = operation.responses?.[status];
  return {
    ...operation,
    parameters: [...(operation.parameters ?? []), parameter],
    responses: { ...operation.responses, ...(done !== undefined && { [status]: { ...done, headers } }) } as OpenAPIV3_1.ResponsesObject,
  };
}
