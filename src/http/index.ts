export { guard, type Admitted } from './guard.js';
export { noteAttempts } from './access/attempts.js';
export { access, withAuditors, withLocalOperator, type Policy, type Requirement } from './access/policy.js';
export {
  byteStream,
  ERROR_DESCRIPTIONS,
  errors,
  json,
  LOG_MEDIA,
  media,
  nothing,
  moment,
  routeSchema,
  SHOWN,
  wireTime,
  type Answer,
} from './responses.js';
export { anyText, flag, limit, newestPage, newPassword, page, positionText, whole } from './requests.js';
export { clearField, withCleared } from './clear.js';
export { readBodies } from './bodies.js';
export { DEFAULT_LIMITS, type ApiLimits, type HttpSettings, type ReadinessCheck } from './options.js';
export { ApiDocuments, documentRoutes, plainSchema, type DocumentBase } from './documents.js';
export { difference, DIFFERENCE_MEANS, differences, MASK, Secret, type Difference } from './differences.js';
export { drainOnClose } from './drain.js';
export { answerClientError, answerErrors, answerFrameworkError, pathOf } from './errors.js';
export { REVALIDATED, storeNothing } from './access/caching.js';
export { nameRequests, requestIdOf } from './request-id.js';
export { AccountQueues } from './account-queues.js';
export { HEIR_DESCRIPTION, heirQuery } from './access/heir.js';
export { Followers } from './followers.js';
export { named, sendList, type ListEnvelope, type ListItem } from './list-stream.js';
export { ClientAddresses, markOverSocket } from './client-address.js';
export { addressLimitOf, limitPerAddress } from './address-rate-limit.js';
export { Positions, markStale } from './positions.js';
export { idIn, read } from './stored.js';
export { SurfaceCalls, type CallParts, type SurfaceHost } from './surface-calls.js';
export { inPages, newestFirst } from './newest.js';
export { headerConstraints, onlyWith, type Mount } from './mount.js';
export { messageAlone, Surfaces, type ErrorShape } from './surfaces.js';
export { invalid, SCHEMAS, validateByZod, type Scope } from './validation.js';
export { checkKeys } from './idempotency-key.js';
export { StallWatch } from './stall-watch.js';
export { keepAlive, type Silence } from './keep-alive.js';
export { enforceLogQuota } from './log-quota.js';
export { renewConsoleSessions } from './console-session.js';
export { hostNamesOf, isReachable, type Reached } from './reachable.js';
export {
  firstFrom,
  isPosition,
  lastUntil,
  logMoment,
  mustBeInOrder,
  resolveMoment,
  type ReachedMoment,
} from './moment.js';
export {
  answerAsOf,
  MAX_PAST_REQUESTS,
  type AsOfOptions,
  type PastAnswer,
  type PastRequest,
} from './as-of.js';
