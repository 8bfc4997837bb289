export { holderOf, Quotas, type Member, type UsageSource } from './quotas.js';
export { unauthorized, type Authenticator } from './authenticator.js';
export {
  bearerIn,
  CONSOLE_COOKIE,
  CONSOLE_HEADER,
  SECURE_CONSOLE_COOKIE,
  isFromConsole,
  SESSION_COOKIE,
  type CredentialKind,
} from './credentials.js';
export { firstAdministrator, type MadeAdministrator } from './first-administrator.js';
export { createIdentity, type Identity, type IdentityLimits } from './identity.js';
export { OPERATOR_ACCOUNT } from './operator-keys.js';
export { ownSecret } from './own-secrets.js';
export {
  ANONYMOUS,
  operatorHere,
  accountActor,
  actorOf,
  mayChange,
  maySee,
  mayTouch,
  type NodePrincipal,
  type Principal,
  type UserPrincipal,
} from './principal.js';
export { addressKey, RateLimit } from './rate-limit.js';
export { openedOrMarked } from './opened-or-marked.js';
export { PURPOSE } from './registrations.js';
export { TenantRegistries, type OpenedRegistry } from './tenant-registries.js';
export { startSettlement } from './settlement.js';
export { secretValues, TenantSecrets, type SecretsHost } from './tenant-secrets.js';
export type { OpenedUser } from './users.js';
