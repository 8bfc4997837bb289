import type { OpenAPIV3_1 } from 'openapi-types';
import { AS_OF_HEADER } from '../as-of.js';
import { KEY_PATTERN } from '../idempotency-key.js';
import { EPOCH_PATTERN } from '#domain/protocol/headers.js';
import { POSITION_PATTERN } from '../positions.js';

type Parameter = OpenAPIV3_1.ParameterObject;
type Headers = Readonly<Record<string, OpenAPIV3_1.HeaderObject>>;

export const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the command safe to retry: a repeated request with the same key and body has no second effect and gets the same response. With a different body, it gets 422',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: KEY_PATTERN },
};

export const MIN_POSITION: Parameter = {
  name: 'X-Muster-Min-Position',
  in: 'header',
  required: false,
  description: 'Wait up to 500 ms until this position is visible',
  schema: { type: 'string', pattern: POSITION_PATTERN },
};

export const AS_OF: Parameter = {
  name: AS_OF_HEADER,
  in: 'header',
  required: false,
  description:
    'Return the response that the same request would have had at this moment: a position, or a time such as 2026-11-20T14:32:00Z. The query parameter `as_of` is equivalent',
  schema: { type: 'string' },
};

export const LAST_EVENT_ID: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Position of the last event that the client received. The stream continues after it',
  schema: { type: 'string', pattern: POSITION_PATTERN },
};

export const EPOCH: Parameter = {
  name: 'X-Muster-Epoch',
  in: 'header',
  required: false,
  description: 'Extension. Epoch of the node, from the response to its registration',
  schema: { type: 'string', pattern: EPOCH_PATTERN },
};

export const OF_COMMANDS: Headers = {
  'X-Muster-Position': {
    description: 'Position of the latest event that the command recorded, if any',
    schema: { type: 'string' },
  },
};
export const OF_READS: Headers = {
  'X-Muster-Stale': {
    description: '`true` if the response shows an older state than requested',
    schema: { type: 'boolean' },
  },
};
export const OF_SESSIONS: Headers = {
  'Set-Cookie': {
    description:
      "The session's cookie: set when the session is opened or extended by fifteen minutes, and cleared when it ends",
    schema: { type: 'string' },
    example: 'session=…; Path=/; HttpOnly; Max-Age=900;',
  },
};
export const OF_ERRORS: Headers = {
  'X-Muster-Error': {
    description: 'Machine-readable error code. It does not depend on the language of the body',
    schema: { type: 'string', pattern: '^MUSTER_E_[A-Z_]+$' },
    example: 'MUSTER_E_INVALID',
  },
};
