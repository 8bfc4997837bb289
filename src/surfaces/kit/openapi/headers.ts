import type { OpenAPIV3_1 } from 'openapi-types';
import { KEY_PATTERN } from '../idempotency-key.js';
import { EPOCH_PATTERN } from '#domain/protocol/index.js';
import { POSITION_PATTERN } from '../positions.js';

type Parameter = OpenAPIV3_1.ParameterObject;
type Headers = Readonly<Record<string, OpenAPIV3_1.HeaderObject>>;

export const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the command repeatable: sent again with the same key and body it has no second effect and the same answer; with another body it is 422',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: KEY_PATTERN },
};

export const MIN_POSITION: Parameter = {
  name: 'X-Muster-Min-Position',
  in: 'header',
  required: false,
  description: 'Wait, at most 500 ms, until this position can be seen',
  schema: { type: 'string', pattern: POSITION_PATTERN },
};

export const LAST_EVENT_ID: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  required: false,
  description: 'Position of the last event that was received: go on behind it',
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
  'X-Muster-Position': { description: 'Position of the newest event that the command left, where it left one', schema: { type: 'string' } },
};
export const OF_READS: Headers = {
  'X-Muster-Stale': { description: '`true` where the answer shows an older state than asked for', schema: { type: 'boolean' } },
};
export const OF_SESSIONS: Headers = {
  'Set-Cookie': {
    description: "The session's cookie: where the session is opened, goes on for fifteen minutes more, or is over",
    schema: { type: 'string' },
    example: 'session=…; Path=/; HttpOnly; Max-Age=900;',
  },
};
export const OF_ERRORS: Headers = {
  'X-Muster-Error': {
    description: 'Which error it is, for programs: the same whatever language the body speaks',
    schema: { type: 'string', pattern: '^MUSTER_E_[A-Z_]+$' },
    example: 'MUSTER_E_INVALID',
  },
};
