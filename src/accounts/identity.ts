import { availableParallelism } from 'node:os';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { RootKey, Sealer } from '#src/engine/sealing/index.js';
import { ApiKeys } from './api-keys.js';
import { StoreAuthenticator, type Authenticator } from './authenticator.js';
import { Failures } from './failures.js';
import { Logins } from './logins.js';
import { OperatorKeys } from './operator-keys.js';
import { Passwords, type PasswordCost } from './passwords.js';
import { addressDigestOf } from './address-digest.js';
import { Profiles } from './profiles.js';
import { Attempts } from './attempts.js';
import { addressKey, RateLimit } from './rate-limit.js';
import { Refreshes } from './refreshes.js';
import { RefreshTokens } from './refresh-tokens.js';
import { Registrations } from './registrations.js';
import { Tokens } from './tokens.js';
import { Users } from './users.js';

export interface IdentityLimits {
  readonly loginFailures: number;
  readonly loginFailureSeconds: number;
  readonly loginsPerMinute: number;
  readonly registrationsPerMinute: number;
  readonly hashQueue: number;
}

export const DEFAULT_IDENTITY_LIMITS: IdentityLimits = {
  loginFailures: 10,
  loginFailureSeconds: 900,
  loginsPerMinute: 600,
  registrationsPerMinute: 120,
  hashQueue: 1024,
};

export interface IdentityOptions {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly sealer: Sealer;
  readonly root: RootKey;
  /** Secret that signs tokens. At least 32 bytes. */
  readonly jwtSecret: Uint8Array;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly operatorKeys?: readonly string[] | undefined;
  readonly limits?: IdentityLimits;
  readonly openRegistration?: boolean | undefined;
  readonly passwordCost?: PasswordCost | undefined;
}

/** Accounts and authentication, shared by all surfaces. The caller owns the parts and closes them. */
export interface Identity {
  readonly authenticator: Authenticator;
  readonly registrations: Registrations;
  readonly logins: Logins;
  readonly users: Users;
  readonly profiles: Profiles;
  readonly refreshes: Refreshes;
  readonly apiKeys: ApiKeys;
  addressDigestOf(address: string): string;
  readonly attempts: Attempts;
  readonly sealer: Sealer;
  readonly root: RootKey;
  readonly passwords: Passwords;
  readonly addresses: {
    readonly logins: RateLimit;
    readonly registrations: RateLimit;
  };
}

export function createIdentity({
  executor,
  readModels,
  sealer,
  root,
  jwtSecret,
  clock,
  ids,
  operatorKeys = [],
  limits = DEFAULT_IDENTITY_LIMITS,
  passwordCost,
  openRegistration = true,
}: IdentityOptions): Identity {
  const passwords = new Passwords(
    { atOnce: Math.max(1, availableParallelism() - 1), waiting: limits.hashQueue },
    passwordCost,
  );
  const tokens = new Tokens(jwtSecret, clock);
  const apiKeys = new ApiKeys({ executor, sealer, root });
  const registrations = new Registrations({ executor, sealer, root, passwords, open: openRegistration });
  const failures = new Failures(clock, {
    bound: limits.loginFailures,
    withinMs: limits.loginFailureSeconds * 1000,
  });
  const ownAddressDigestOf = (address: string): string => addressDigestOf(root, addressKey(address));
  const attempts = new Attempts({ executor, clock, ids, addressDigestOf: ownAddressDigestOf });
  const logins = new Logins({
    executor,
    sealer,
    passwords,
    registrations,
    tokens,
    failures,
    attempts,
    clock,
    ids,
  });
  const users = new Users({ executor, readModels, sealer, registrations, passwords });
  return {
    authenticator: new StoreAuthenticator({
      executor,
      tokens,
      apiKeys,
      operatorKeys: new OperatorKeys(operatorKeys),
      root,
      clock,
    }),
    registrations,
    logins,
    users,
    profiles: new Profiles({ executor, sealer, registrations, users }),
    refreshes: new Refreshes({
      executor,
      logins,
      tokens,
      refreshTokens: new RefreshTokens(jwtSecret, clock),
      clock,
      ids,
    }),
    apiKeys,
    addressDigestOf: ownAddressDigestOf,
    attempts,
    sealer,
    root,
    passwords,
    addresses: {
      logins: new RateLimit(clock, limits.loginsPerMinute, 'logins from this address'),
      registrations: new RateLimit(clock, limits.registrationsPerMinute, 'registrations from this address'),
    },
  };
}
