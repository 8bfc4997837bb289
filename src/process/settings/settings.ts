import { isLoopback } from '#agents/platform/loopback.js';
import { AGENT_SECTIONS, type AgentSettings } from '#agents/settings.js';
import type { Given, Section, SectionValues } from '#domain/kernel/settings/section.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import type { EmbeddedAgentSettings } from './embedded-agent-settings.js';
import { eventStoreListen, wrongListen, type EventStoreListen } from '../event-log/listen-settings.js';
import { wrongNats } from '../messaging/settings.js';
import { ROLES } from '../host/roles.js';
import { nameFile, withSecretFiles } from './secret-files.js';
import { SECTIONS, SETTINGS, SURFACE_SECTIONS } from './table.js';

type GivenSettings = SectionValues<typeof SECTIONS>;

export interface Settings
  extends Omit<GivenSettings, 'embeddedAgent' | 'eventStoreServer'>, EmbeddedAgentSettings {
  /** Settings for tasks and logs on a node. */
  readonly agent: AgentSettings;
  readonly eventStoreListen: EventStoreListen | undefined;
  readonly joinTokenFile: string | undefined;
  readonly surfaces: Readonly<Record<string, unknown>>;
}

/** Exit status for invalid settings (EX_CONFIG in sysexits.h). */
export const EXIT_BAD_SETTINGS = 78;

/** Reads the settings from an environment and the secret files that it names. Refuses unknown `MUSTER_*` names, which are probably typos. */
export function readSettings(environment: Given): Settings {
  const { environment: complete, files, problems } = withSecretFiles(environment);
  try {
    return settingsOf(complete, problems, files.get('MUSTER_JOIN_TOKEN'));
  } catch (error) {
    throw error instanceof SettingsError
      ? new SettingsError(error.problems.map((problem) => nameFile(problem, files)))
      : error;
  }
}

function settingsOf(
  environment: Given,
  problemsOfFiles: readonly string[],
  joinTokenFile: string | undefined,
): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => name.startsWith('MUSTER_') && value !== undefined && value !== '',
    ),
  );
  const known = new Set<string>(SETTINGS.map(({ name }) => name));
  const problems = Object.keys(given)
    .filter((name) => !known.has(name) && !name.startsWith('MUSTER_TEST_'))
    .map((name) => `${name}: is not a Muster setting`);
  problems.unshift(...problemsOfFiles);
  const read = <Value>(section: Section<Value>): Value | undefined => {
    const result = section.read(given);
    if ('value' in result) return result.value;
    problems.push(...result.problems);
    return undefined;
  };
  const parts = SECTIONS.map((section) => read<unknown>(section));
  const agent = AGENT_SECTIONS.map((section) => read<unknown>(section));
  const surfaces = SURFACE_SECTIONS.map(({ name, settings }) => [name, read(settings)] as const);
  if (problems.length > 0) throw new SettingsError(problems);
  const values = Object.assign({}, ...parts) as GivenSettings;
  refuseWrong(values);
  const { embeddedAgent, eventStoreServer: _server, ...rest } = values;
  return {
    ...rest,
    agent: Object.assign({}, ...agent) as AgentSettings,
    embeddedAgent: (embeddedAgent ?? values.natsUrl === undefined) && values.roles.includes('api'),
    eventStoreListen: eventStoreListen(values),
    joinTokenFile,
    surfaces: Object.fromEntries(surfaces),
  };
}

/** Throws {@link SettingsError} if settings contradict each other. */
function refuseWrong(values: GivenSettings): void {
  if (!isLoopback(values.host) && values.joinToken === undefined)
    throw new SettingsError([
      `MUSTER_HOST: ${values.host} is not loopback, which requires MUSTER_JOIN_TOKEN`,
    ]);
  const natsProblem = wrongNats(values);
  if (natsProblem !== undefined) throw new SettingsError([`MUSTER_NATS_URL: ${natsProblem}`]);
  if (values.nodeId !== undefined && values.nodeHostname !== undefined)
    throw new SettingsError([
      'MUSTER_NODE_HOSTNAME: cannot be set together with MUSTER_NODE_ID, because the server assigns the id',
    ]);
  const wrong = [...wrongRoles(values), ...wrongListen(values)];
  if (wrong.length > 0) throw new SettingsError(wrong);
}

function wrongRoles({ roles, eventStoreUrl, eventStoreServer, mongodbUrl }: GivenSettings): string[] {
  const wrong: string[] = [];
  // Another server's MUSTER_EVENTSTORE_LISTEN does not help, because its clients cannot write Muster's own streams.
  if (eventStoreUrl === undefined && roles.length < ROLES.length) {
    wrong.push(
      'MUSTER_ROLES: must be all roles, because no other server can reach the embedded log; to run fewer, set MUSTER_EVENTSTORE_URL (for example to a muster eventstore)',
    );
  }
  if (mongodbUrl === undefined && roles.includes('api') && !roles.includes('projector')) {
    wrong.push(
      'MUSTER_ROLES: api without projector requires MUSTER_MONGODB_URL, because api reads what projector writes',
    );
  }
  if (eventStoreUrl !== undefined && eventStoreServer.listen !== undefined) {
    wrong.push(
      'MUSTER_EVENTSTORE_LISTEN: serves the embedded log, which is not used with MUSTER_EVENTSTORE_URL',
    );
  }
  return wrong;
}

/** Servers that share a log must share their signing and sealing keys. Throws {@link SettingsError} if this server would generate its own keys. */
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
