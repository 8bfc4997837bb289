export { guard, type Admitted } from './guard.js';
export { noteAttempts } from './access/attempts.js';
export { access, withAuditors, withLocalOperator, type Policy, type Requirement } from './access/policy.js';
export { accountName, nameOfActor, ActorNames, type Actor } from './access/account-names.js';
export { VisibleActors, type VisibleActor } from './access/visible-actors.js';
export { CREATIONS, VisibleObjects, type ObjectKind } from './access/visible-objects.js';
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
export { message } from '#domain/protocol/index.js';
export { clearField, withCleared } from './clear.js';
export { readBodies } from './bodies.js';
export {
  DEFAULT_LIMITS,
  type ApiDependencies,
  type ApiSettings,
  type ReadinessCheck,
} from './dependencies.js';
export { ApiDocuments, documentRoutes, plainSchema, type DocumentBase } from './documents.js';
export { difference, DIFFERENCE_MEANS, differences, MASK, Secret, type Difference } from './differences.js';
export { plannedGroups, plannedLimit, viewDryRun, withoutNodeNames } from './dry-run.js';
export { drainOnClose } from './drain.js';
export { ENDPOINT, nodeEndpoints, type Endpoint } from './endpoints.js';
export { answerClientError, answerErrors, answerFrameworkError, pathOf } from './errors.js';
export { REVALIDATED, storeNothing } from './access/caching.js';
export { nameRequests, requestIdOf } from './request-id.js';
export { AccountQueues } from './account-queues.js';
export { HEIR_DESCRIPTION, heirQuery } from './access/heir.js';
export { Followers } from './followers.js';
export { named, sendList, type ListEnvelope, type ListItem } from './list-stream.js';
export { ClientAddresses, markOverSocket } from './client-address.js';
export { addressLimitOf, limitPerAddress } from './address-rate-limit.js';
export {
  AgentSession,
  COMMANDS_PER_TENANT,
  doneOrThrow,
  RunningCommand,
  type CommandParts,
  nodeShareOf,
  TenantCommands,
  type CommandTarget,
  type SessionTarget,
} from './running-command.js';
export { Positions, markStale } from './positions.js';
export type { Scope } from './scope.js';
export { idIn, read } from './stored.js';
export { SurfaceCalls } from './surface-calls.js';
export type {
  DocumentHost,
  LoadedSurface,
  SurfacePlugin,
  SurfaceDeclaration,
  SurfaceHost,
} from './surface.js';
export { inPages, newestFirst } from './newest.js';
export { headerConstraints, onlyWith } from './mount.js';
export { messageAlone, Surfaces, type ErrorShape } from './surfaces.js';
export { invalid, SCHEMAS, validateByZod } from './validation.js';
export { checkKeys } from './idempotency-key.js';
export { hostNamesOf } from './host-names.js';
export { StallWatch } from './stall-watch.js';
export {
  lastLines,
  LOG_END_HEADER,
  openLogOrStoredEnd,
  sendEvents,
  sendLogOrStoredEnd,
  type LogSource,
} from './logs/log-tail.js';
export { keepAlive, type Silence } from './keep-alive.js';
export { enforceLogQuota } from './log-quota.js';
export { holding, joined, linesOf, merged } from './logs/log-lines.js';
export {
  addressOf,
  lineTimes,
  logQuery,
  logStream,
  openTaskLog,
  sendTaskLog,
  streamIn,
} from './logs/task-log.js';
export { renewConsoleSessions } from './console-session.js';
export { isReachable, type Reached } from './reachable.js';
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
