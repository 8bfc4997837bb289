export { guard } from './guard.js';
export { access, type Policy, type Requirement } from './access/policy.js';
export {
  byteStream,
  ERROR_DESCRIPTIONS,
  errors,
  flag,
  json,
  LOG_MEDIA,
  media,
  message,
  nothing,
  page,
  positionText,
  SHOWN,
  type Answer,
} from './responses.js';
export { clearField, withCleared } from './clear.js';
export { dropBodies, ignoreBodies, takeJson } from './bodies.js';
export {
  DEFAULT_LIMITS,
  type ApiDependencies,
  type ApiLimits,
  type ApiSettings,
  type ReadinessCheck,
} from './dependencies.js';
export { ApiDocuments, documentRoutes, plainSchema, type DocumentBase } from './documents.js';
export { difference, DIFFERENCE_MEANS, differences, MASK, Secret, type Difference } from './differences.js';
export { plannedGroups, plannedLimit, viewDryRun, withoutNodeNames } from './dry-run.js';
export { drainOnClose } from './drain.js';
export { ENDPOINT, nodeEndpoints, type Endpoint } from './endpoints.js';
export { answerClientError, answerErrors, answerFrameworkError, pathOf } from './errors.js';
export { nameRequests, requestIdOf } from './request-id.js';
export { Followers } from './followers.js';
export { named, sendList, type ListEnvelope, type ListItem } from './list-stream.js';
export { ClientAddresses } from './client-address.js';
export { addressLimitOf, limitPerAddress } from './address-rate-limit.js';
export { Positions, markStale } from './positions.js';
export type { Scope } from './scope.js';
export { idIn, read } from './stored.js';
export { SurfaceCalls } from './surface-calls.js';
export type {
  BeginParts,
  DocumentHost,
  LoadedSurface,
  SurfacePlugin,
  SurfaceDeclaration,
  SurfaceHost,
  SurfaceMount,
  SurfaceSettings,
} from './surface.js';
export { newestFirst } from './newest.js';
export { headerConstraints, onlyWith, type HeaderCondition, type Mount } from './mount.js';
export { messageAlone, Surfaces, type ErrorShape, type WrittenError } from './surfaces.js';
export { invalid, SCHEMAS, validateByZod } from './validation.js';
export { checkKeys } from './idempotency-key.js';
export { hostNamesOf } from './host-names.js';
export { StallWatch } from './stall-watch.js';
export { lastLines, LOG_END_HEADER, sendEvents, sendLogOrStoredEnd } from './log-tail.js';
export { keepAlive, type Silence } from './keep-alive.js';
export { enforceLogQuota } from './log-quota.js';
export { asEvents, joined, linesOf } from './log-lines.js';
export { addressOf, logQuery, logStream, openTaskLog, sendTaskLog, streamIn } from './task-log.js';
export { moment, wireTime } from './wire-time.js';
