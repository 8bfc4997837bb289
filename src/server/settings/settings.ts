import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import { z } from 'zod';
import { LOCAL_ACCESS, type LocalAccess } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import type { DiskLimits } from '#agents/drivers/disk-watch.js';
import type { UidRange } from '#agents/users/tenant-users.js';
import { hostname } from '#domain/nodes/enrolment/hostname.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import { DEFAULT_PORT_RANGE, type PortRange } from '#domain/scheduling/capacity/port-range.js';
import { username } from '#domain/accounts/user/username.js';
import { MAX_PASSWORD, MIN_PASSWORD } from '#domain/accounts/user/password.js';
import type { IdentityLimits } from '#src/accounts/index.js';
import type { CondaSettings } from '#agents/drivers/conda/index.js';
import { commaSeparated } from './comma-separated.js';
import { condaSettings, condaVariables } from './conda.js';
import { flag } from './flag.js';
import { addressRanges, endpoints, hostNames, hosts, ipAddress } from './hosts.js';
import { identitySettings, identityVariables } from './identity.js';
import { eventStoreListen, listenVariables, wrongListen, type EventStoreListen } from './listen.js';
import { natsVariables, wrongNats } from './nats.js';
import { logSettings, logVariables, type LogSettings } from './logs.js';
import { NAMES_OF_SURFACES, readSurfaceSettings, surfaceDefaults } from './of-surfaces.js';
import { operatorKeys } from './operator-keys.js';
import { quotaSettings, quotaVariables } from './quotas.js';
import { diskLimits, portRange, taskVariables, volumeBytes } from './ranges.js';
import { rolesOf, ROLES, type Role } from './roles.js';
import { nameFile, withSecretFiles } from './secret-files.js';
import { storeUrl } from './store-url.js';

const port = z.coerce.number().int().min(0).max(65535);
/** `name=value,name=value` */
const pairs = commaSeparated.transform((entries, context) => {
  const map: Record<string, string> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    if (equals < 1) context.addIssue({ code: 'custom', message: `${entry}: must be name=value` });
    else map[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return map;
});
const amounts = pairs.pipe(
  z.record(
    z.string(),
    z
      .string()
      .regex(/^\d{1,15}$/, 'must be a whole number')
      .transform(Number),
  ),
);

const mongoUrl = z.string().regex(/^mongodb(\+srv)?:\/\/[^\s]+$/, 'must be mongodb://host:port/database');
const variables = z.object({
  MUSTER_HOST: z.string().min(1).default('127.0.0.1'),
  MUSTER_PORT: port.default(8080),
  MUSTER_ALLOWED_HOSTS: hostNames.optional(),
  MUSTER_TRUSTED_PROXIES: addressRanges.optional(),
  MUSTER_LOCAL_ACCESS: z.enum(LOCAL_ACCESS).default('same-user'),
  MUSTER_OPEN_EXECUTION: flag.optional(),
  MUSTER_DATA_DIR: z.string().min(1).default('./data'),
  MUSTER_EVENTSTORE_URL: storeUrl.optional(),
  MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG: flag.default(false),
  ...listenVariables,
  MUSTER_MONGODB_URL: mongoUrl.optional(),
  ...natsVariables,
  MUSTER_NATS_STREAM_MAX_AGE_SECONDS: z.coerce.number().int().min(1).max(315_360_000).default(604_800),
  MUSTER_NATS_STREAM_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1_048_576)
    .max(Number.MAX_SAFE_INTEGER)
    .default(268_435_456),
  MUSTER_ROLES: z.string().transform(rolesOf).default(ROLES),
  MUSTER_EMBEDDED_AGENT: flag.optional(),
  MUSTER_AGENT_HOST: z.string().min(1).default('127.0.0.1'),
  MUSTER_AGENT_PORT: port.default(0),
  MUSTER_PUBLISH_HOST: ipAddress.optional(),
  MUSTER_AGENT_URL: z.url({ protocol: /^https?$/ }).optional(),
  MUSTER_AGENT_ATTRIBUTES: pairs.optional(),
  MUSTER_AGENT_RESOURCES: amounts.optional(),
  ...logVariables,
  ...taskVariables,
  ...condaVariables,
  MUSTER_HTTP_ALLOW: endpoints('with ranges').optional(),
  MUSTER_REGISTRY_ALLOW: endpoints('with ranges').optional(),
  MUSTER_HTTP_DENY: hosts.optional(),
  MUSTER_NODE_ID: z.string().regex(IDENTIFIER, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,99}').optional(),
  MUSTER_NODE_HOSTNAME: hostname.optional(),
  MUSTER_SERVER_URL: z.url({ protocol: /^https?$/ }).optional(),
  MUSTER_NODE_TIMEOUT_SECONDS: z.coerce.number().positive().max(86_400).default(30),
  MUSTER_HEARTBEAT_SECONDS: z.coerce.number().positive().max(3600).optional(),
  MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS: z.coerce.number().positive().max(600).default(10),
  MUSTER_ENDED_JOBS_DAYS: z.coerce.number().min(0).max(36_500).default(30),
  MUSTER_PORT_RANGE: portRange.optional(),
  MUSTER_SCHEDULER_RESERVES: flag.default(true),
  ...quotaVariables,
  MUSTER_SCHEDULERS: z.coerce.number().int().min(1).max(8).default(1),
  MUSTER_JOIN_TOKEN: z.string().min(16).optional(),
  MUSTER_API_KEYS: operatorKeys.optional(),
  MUSTER_TEST_API_KEY: z.string().min(1).optional(),
  MUSTER_ADMIN_USERNAME: username.default('admin'),
  MUSTER_ADMIN_PASSWORD: z.string().min(MIN_PASSWORD).max(MAX_PASSWORD).optional(),
  MUSTER_JWT_SECRET: z
    .string()
    .refine(
      (text) => Buffer.byteLength(text) >= 32 && new Set(text).size >= 8,
      'must have at least 32 bytes, and be no single word over and over',
    )
    .optional(),
  MUSTER_DATA_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64, as made by: openssl rand -base64 32')
    .refine((text) => new Set(Buffer.from(text, 'base64')).size >= 8, 'must be random')
    .optional(),
  ...identityVariables,
  MUSTER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type SettingName = keyof z.infer<typeof variables>;

/** All settings with their defaults; undefined if there is none, or if it depends on other settings. */
export function settingDefaults(): ReadonlyMap<string, unknown> {
  const defaults: Readonly<Record<string, unknown>> = variables.parse({});
  return new Map([
    ...Object.keys(variables.shape).map((name) => [name, defaults[name]] as const),
    ...surfaceDefaults(),
  ]);
}

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  /** Who needs no credentials on loopback. */
  readonly localAccess: LocalAccess;
  readonly trustedProxies: readonly string[];
  /** Lets every account run processes on workers, not only those with the permission. */
  readonly openExecution: boolean;
  readonly dataDir: string;
  /** URL of the EventStoreDB for events; undefined: the embedded log in the data directory. */
  readonly eventStoreUrl: string | undefined;
  /** Accepts a log that the data directory does not belong to. */
  readonly eventStoreAcceptOther: boolean;
  /** Where this process serves its embedded log by the EventStoreDB protocol. */
  readonly eventStoreListen: EventStoreListen | undefined;
  /** URL of the MongoDB for read models; undefined: a file in the data directory. */
  readonly mongodbUrl: string | undefined;
  /** Undefined: HTTP only. */
  readonly natsUrl: string | undefined;
  readonly natsOpen: boolean;
  readonly natsStream: { readonly maxAgeSeconds: number; readonly maxBytes: number };
  readonly roles: readonly Role[];
  readonly embeddedAgent: boolean;
  readonly agentHost: string;
  readonly agentPort: number;
  readonly agentUrl: string | undefined;
  /** Address of the node to publish container ports on; undefined: loopback if the agent listens there, else all. */
  readonly publishHost: string | undefined;
  /** Attributes for constraints, in addition to those that the agent detects. */
  readonly agentAttributes: Readonly<Record<string, string>>;
  /** Resources to register in addition to, or instead of, the detected ones. */
  readonly agentResources: Readonly<Record<string, number>>;
  readonly taskUids: UidRange | undefined;
  /** Lets processes of tenants run as the agent's own user if the agent is not root. */
  readonly tenantsShareAgentUser: boolean;
  /** Lets processes of tenants run where they share `/tmp` and `/dev/shm` because the agent cannot create namespaces. */
  readonly tenantsShareTmp: boolean;
  /** Lets processes of tenants run where they can reach a store or the NATS server of Muster without credentials. */
  readonly tenantsReachOpenStores: boolean;
  /** Whether processes that the agent starts outlive it; undefined: the agent finds out. */
  readonly tasksOutliveAgent: boolean | undefined;
  readonly taskProcesses: number | undefined;
  readonly taskDisk: DiskLimits;
  readonly volumeBytes: number | undefined;
  readonly logs: LogSettings;
  readonly conda: Partial<CondaSettings>;
  readonly httpAllow: string | undefined;
  readonly registryAllow: string | undefined;
  readonly httpDeny: readonly string[];
  /** Overrides the id that an agent generates once and stores. */
  readonly nodeId: string | undefined;
  /** The host name for which a server assigns the agent's id. */
  readonly nodeHostname: string | undefined;
  readonly serverUrl: string | undefined;
  readonly nodeTimeoutSeconds: number;
  /** Seconds between an agent's reports when nothing changes; by default a third of the node timeout. */
  readonly heartbeatSeconds: number;
  readonly agentRequestTimeoutSeconds: number;
  /** Days from the end of a job to its archive; 0: never. */
  readonly endedJobsDays: number;
  readonly portRange: PortRange;
  readonly schedulerReserves: boolean;
  readonly quotas: DefaultLimits;
  /** Scheduler threads in this process. One is enough; more are standbys, and show that only the log decides. */
  readonly schedulers: number;
  readonly joinToken: string | undefined;
  /** File of the join token; an agent reads it again when needed. */
  readonly joinTokenFile: string | undefined;
  readonly operatorKeys: readonly string[];
  readonly testApiKey: string | undefined;
  /** The first administrator; a missing password is generated. */
  readonly administrator: { readonly username: string; readonly password: string | undefined };
  readonly jwtSecret: Uint8Array | undefined;
  /** 32 bytes, from which all sealing keys are derived. */
  readonly dataKey: Uint8Array | undefined;
  readonly identity: IdentityLimits;
  readonly openRegistration: boolean;
  readonly surfaces: Readonly<Record<string, unknown>>;
  readonly logLevel: z.infer<typeof variables>['MUSTER_LOG_LEVEL'];
}

export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`bad settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Exit status for invalid settings (EX_CONFIG of sysexits.h). */
export const EXIT_BAD_SETTINGS = 78;

/** Reads the settings from an environment and from the secret files that it names. Refuses unknown `MUSTER_*` names, which are typing errors. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const { environment: complete, files, problems } = withSecretFiles(environment);
  try {
    return { ...settingsOf(complete, problems), joinTokenFile: files.get('MUSTER_JOIN_TOKEN') };
  } catch (error) {
    throw error instanceof SettingsError
      ? new SettingsError(error.problems.map((problem) => nameFile(problem, files)))
      : error;
  }
}

function settingsOf(
  environment: Readonly<Record<string, string | undefined>>,
  problemsOfFiles: readonly string[],
): Omit<Settings, 'joinTokenFile'> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name.startsWith('MUSTER_') && value !== undefined && value !== '',
    ),
  );
  const problems: string[] = [...problemsOfFiles];
  for (const name of Object.keys(given)) {
    if (
      !Object.hasOwn(variables.shape, name) &&
      !NAMES_OF_SURFACES.includes(name) &&
      !name.startsWith('MUSTER_TEST_')
    )
      problems.push(`${name}: is not a setting of Muster`);
  }
  const parsed = variables.safeParse(given);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${String(issue.path[0])}: ${issue.message}`));
  const ofSurfaces = readSurfaceSettings(given);
  problems.push(...ofSurfaces.problems);
  if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
  const value = parsed.data;
  if (!isLoopback(value.MUSTER_HOST) && value.MUSTER_JOIN_TOKEN === undefined) {
    throw new SettingsError([
      `MUSTER_HOST: ${value.MUSTER_HOST} is not loopback, which requires MUSTER_JOIN_TOKEN`,
    ]);
  }
  const natsProblem = wrongNats(value);
  if (natsProblem !== undefined) throw new SettingsError([`MUSTER_NATS_URL: ${natsProblem}`]);
  if (value.MUSTER_NODE_ID !== undefined && value.MUSTER_NODE_HOSTNAME !== undefined)
    throw new SettingsError([
      'MUSTER_NODE_HOSTNAME: a server gives an id for it, and MUSTER_NODE_ID sets one',
    ]);
  const roles = value.MUSTER_ROLES;
  const wrong = [...wrongRoles(roles, value), ...wrongListen(value)];
  if (wrong.length > 0) throw new SettingsError(wrong);
  return {
    host: value.MUSTER_HOST,
    port: value.MUSTER_PORT,
    allowedHosts: value.MUSTER_ALLOWED_HOSTS ?? [],
    localAccess: value.MUSTER_LOCAL_ACCESS,
    trustedProxies: value.MUSTER_TRUSTED_PROXIES ?? [],
    // Host names of a proxy mean that others can reach the server, wherever it listens.
    openExecution:
      value.MUSTER_OPEN_EXECUTION ??
      (isLoopback(value.MUSTER_HOST) && value.MUSTER_ALLOWED_HOSTS === undefined),
    dataDir: value.MUSTER_DATA_DIR,
    eventStoreUrl: value.MUSTER_EVENTSTORE_URL,
    eventStoreAcceptOther: value.MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG,
    eventStoreListen: eventStoreListen(value),
    mongodbUrl: value.MUSTER_MONGODB_URL,
    natsUrl: value.MUSTER_NATS_URL,
    natsOpen: value.MUSTER_NATS_WITHOUT_CREDENTIALS === 'accept',
    natsStream: {
      maxAgeSeconds: value.MUSTER_NATS_STREAM_MAX_AGE_SECONDS,
      maxBytes: value.MUSTER_NATS_STREAM_MAX_BYTES,
    },
    roles,
    embeddedAgent:
      (value.MUSTER_EMBEDDED_AGENT ?? value.MUSTER_NATS_URL === undefined) && roles.includes('api'),
    agentHost: value.MUSTER_AGENT_HOST,
    agentPort: value.MUSTER_AGENT_PORT,
    agentUrl: value.MUSTER_AGENT_URL,
    publishHost: value.MUSTER_PUBLISH_HOST,
    agentAttributes: value.MUSTER_AGENT_ATTRIBUTES ?? {},
    agentResources: value.MUSTER_AGENT_RESOURCES ?? {},
    taskUids: value.MUSTER_TASK_UIDS,
    tenantsShareAgentUser: value.MUSTER_TENANTS_SHARE_AGENT_USER,
    tenantsShareTmp: value.MUSTER_TENANTS_SHARE_TMP,
    tenantsReachOpenStores: value.MUSTER_TENANTS_REACH_OPEN_STORES,
    tasksOutliveAgent:
      value.MUSTER_TASKS_OUTLIVE_AGENT === 'auto' ? undefined : value.MUSTER_TASKS_OUTLIVE_AGENT === 'true',
    taskProcesses: value.MUSTER_TASK_PROCESSES,
    taskDisk: diskLimits(value),
    volumeBytes: volumeBytes(value),
    logs: logSettings(value),
    conda: condaSettings(value),
    httpAllow: value.MUSTER_HTTP_ALLOW,
    registryAllow: value.MUSTER_REGISTRY_ALLOW,
    httpDeny: value.MUSTER_HTTP_DENY ?? [],
    nodeId: value.MUSTER_NODE_ID,
    nodeHostname: value.MUSTER_NODE_HOSTNAME,
    serverUrl: value.MUSTER_SERVER_URL,
    nodeTimeoutSeconds: value.MUSTER_NODE_TIMEOUT_SECONDS,
    heartbeatSeconds: value.MUSTER_HEARTBEAT_SECONDS ?? value.MUSTER_NODE_TIMEOUT_SECONDS / 3,
    agentRequestTimeoutSeconds: value.MUSTER_AGENT_REQUEST_TIMEOUT_SECONDS,
    endedJobsDays: value.MUSTER_ENDED_JOBS_DAYS,
    portRange: value.MUSTER_PORT_RANGE ?? DEFAULT_PORT_RANGE,
    schedulerReserves: value.MUSTER_SCHEDULER_RESERVES,
    quotas: quotaSettings(value),
    schedulers: value.MUSTER_SCHEDULERS,
    joinToken: value.MUSTER_JOIN_TOKEN,
    operatorKeys: value.MUSTER_API_KEYS ?? [],
    testApiKey: value.MUSTER_TEST_API_KEY,
    administrator: { username: value.MUSTER_ADMIN_USERNAME, password: value.MUSTER_ADMIN_PASSWORD },
    jwtSecret: value.MUSTER_JWT_SECRET === undefined ? undefined : Buffer.from(value.MUSTER_JWT_SECRET),
    dataKey: value.MUSTER_DATA_KEY === undefined ? undefined : Buffer.from(value.MUSTER_DATA_KEY, 'base64'),
    openRegistration: value.MUSTER_REGISTRATION === 'open',
    identity: identitySettings(value),
    surfaces: ofSurfaces.settings,
    logLevel: value.MUSTER_LOG_LEVEL,
  };
}

/** Returns problems with roles that no other server could take over, or that lack what they need. */
function wrongRoles(roles: readonly Role[], value: z.infer<typeof variables>): string[] {
  const wrong: string[] = [];
  // A server with MUSTER_EVENTSTORE_LISTEN of another process as its store could not write Muster's own streams.
  if (value.MUSTER_EVENTSTORE_URL === undefined && roles.length < ROLES.length) {
    wrong.push(
      'MUSTER_ROLES: no other server reaches the embedded log, so this one must have every role; or set MUSTER_EVENTSTORE_URL (muster eventstore is such a store)',
    );
  }
  if (value.MUSTER_MONGODB_URL === undefined && roles.includes('api') && !roles.includes('projector')) {
    wrong.push('MUSTER_ROLES: api reads what projector fills; apart they need MUSTER_MONGODB_URL');
  }
  if (value.MUSTER_EVENTSTORE_URL !== undefined && value.MUSTER_EVENTSTORE_LISTEN !== undefined) {
    wrong.push(
      'MUSTER_EVENTSTORE_LISTEN: serves the embedded log, and with MUSTER_EVENTSTORE_URL there is none',
    );
  }
  return wrong;
}

/** Servers that share a log must share their signing and sealing keys. Throws {@link SettingsError} if this one would generate its own. */
export function requireSharedSecrets({ eventStoreUrl, jwtSecret, dataKey, roles }: Settings): void {
  if (eventStoreUrl === undefined) return;
  const missing = [
    ...(jwtSecret === undefined && roles.includes('api') ? ['MUSTER_JWT_SECRET'] : []),
    ...(dataKey === undefined &&
    roles.some((role) => role === 'api' || role === 'dispatcher' || role === 'liveness')
      ? ['MUSTER_DATA_KEY']
      : []),
  ];
  if (missing.length > 0)
    throw new SettingsError(
      missing.map((name) => `${name}: is required with MUSTER_EVENTSTORE_URL, the same on every server`),
    );
}
