import { z } from 'zod';
import { MAX_PASSWORD, MIN_PASSWORD } from '#domain/accounts/user/password.js';
import { username } from '#domain/accounts/user/username.js';
import { commaSeparated, flag } from '#domain/kernel/settings/kinds.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';
import type { IdentityLimits } from '#src/accounts/index.js';
import type { EnrolmentLimits } from '#src/fleet/node-access/index.js';

const operatorKeys = commaSeparated
  .refine((keys) => keys.length > 0, 'must contain at least one key')
  .refine(
    (keys) => keys.every((key) => /^[\x21-\x7e]{16,512}$/.test(key)),
    'each key must have 16 to 512 visible ASCII characters, and no comma',
  )
  .refine(
    (keys) => keys.every((key) => new Set(key).size >= 8),
    'each key must have at least 8 different characters',
  );

const jwtSecret = z
  .string()
  .refine(
    (text) => Buffer.byteLength(text) >= 32 && new Set(text).size >= 8,
    'must have at least 32 bytes and at least 8 different characters',
  );

const atMostAMillion = z.coerce.number().int().min(1).max(1_000_000);

export const credentialSettings = section(
  {
    joinToken: setting(
      'MUSTER_JOIN_TOKEN',
      z.string().min(16).optional(),
      'token with which nodes join ([how it is used](#join-token)); at least 16 characters; required on non-loopback addresses',
      { secret: true },
    ),
    allowBearerJoin: setting(
      'MUSTER_ALLOW_BEARER_JOIN',
      flag.default(false),
      'whether third-party agents may send the join token itself as a bearer token. While they do, a program on the port of a server, or a reader of the network without TLS, learns the join token and can add nodes that receive the work of all tenants. Will be removed in the next release',
      { serverOnly: true },
    ),
    operatorKeys: setting(
      'MUSTER_API_KEYS',
      operatorKeys.optional(),
      'operator API keys, each of 16 to 512 visible ASCII characters ([what they may do](#operator-keys)); must be the same on every server with the role `api`',
      { secret: true, serverOnly: true },
    ),
    testApiKey: setting(
      'MUSTER_TEST_API_KEY',
      z.string().min(1).optional(),
      'enables `POST /test/clear-all`',
      { secret: true, serverOnly: true },
    ),
    username: setting('MUSTER_ADMIN_USERNAME', username.default('admin'), 'name of the first administrator', {
      serverOnly: true,
    }),
    password: setting(
      'MUSTER_ADMIN_PASSWORD',
      z.string().min(MIN_PASSWORD).max(MAX_PASSWORD).optional(),
      'password of the first administrator, at least 8 characters',
      {
        secret: true,
        serverOnly: true,
        unset: 'unset: generated at first start, and printed once to stderr',
      },
    ),
    jwtSecret: setting(
      'MUSTER_JWT_SECRET',
      jwtSecret.optional(),
      'secret that signs tokens (HS256), at least 32 bytes; required if the server has the role `api` and `MUSTER_EVENTSTORE_URL` is set',
      {
        secret: true,
        serverOnly: true,
        unset: 'unset: generated once and stored as `jwt.key` in the data directory',
      },
    ),
  },
  (given) => ({
    joinToken: given.joinToken,
    allowBearerJoin: given.allowBearerJoin,
    operatorKeys: given.operatorKeys ?? ([] as readonly string[]),
    testApiKey: given.testApiKey,
    administrator: { username: given.username, password: given.password },
    jwtSecret: given.jwtSecret === undefined ? undefined : (Buffer.from(given.jwtSecret) as Uint8Array),
  }),
);

export type CredentialSettings = SectionValue<typeof credentialSettings>;

const limits = {
  loginFailures: setting(
    'MUSTER_LOGIN_FAILURES',
    z.coerce.number().int().min(1).max(1000).default(10),
    'number of failed logins for a username from one address before that address is blocked for it; logins for the name from other addresses are slowed down',
  ),
  loginFailureSeconds: setting(
    'MUSTER_LOGIN_FAILURE_SECONDS',
    z.coerce.number().positive().max(86_400).default(900),
    'how long a failed login is counted, and thus the longest time that the address is blocked',
  ),
  loginsPerMinute: setting(
    'MUSTER_LOGINS_PER_MINUTE',
    atMostAMillion.default(600),
    'maximum number of logins and token refreshes from one address',
  ),
  registrationsPerMinute: setting(
    'MUSTER_REGISTRATIONS_PER_MINUTE',
    atMostAMillion.default(120),
    'maximum number of account registrations from one address',
  ),
  enrolmentsPerMinute: setting(
    'MUSTER_ENROLMENTS_PER_MINUTE',
    atMostAMillion.default(120),
    'maximum number of host names that nodes can register from one address',
  ),
  enrolledNodes: setting(
    'MUSTER_MAX_ENROLLED_NODES',
    atMostAMillion.default(10_000),
    'maximum number of registered host names; additional registrations get 503',
  ),
  waitingNodes: setting(
    'MUSTER_MAX_WAITING_NODES',
    atMostAMillion.default(50),
    'maximum number per address of host names without a node, and of silent nodes that never ran anything; the oldest is removed first ([details](flows/nodes.md))',
  ),
  hashQueue: setting(
    'MUSTER_HASH_QUEUE',
    z.coerce.number().int().min(1).max(100_000).default(1024),
    'maximum number of passwords waiting to be hashed; additional requests get 503',
  ),
};

/** Limits against password guessing and floods of registrations. */
export const identitySettings = section(
  limits,
  (identity): { readonly identity: IdentityLimits & EnrolmentLimits } => ({
    identity,
  }),
);

export type IdentitySettings = SectionValue<typeof identitySettings>;
