import { AGENT_SECTIONS, nodeSettings } from '#agents/settings.js';
import type { Setting } from '#domain/kernel/settings/section.js';
import { archiveSettings } from '../archive/settings.js';
import { transparencySettings } from '../transparency/settings.js';
import { embeddedAgentSettings } from './embedded-agent-settings.js';
import { listenSettings } from '../event-log/listen-settings.js';
import { eventLogSettings } from '../event-log/settings.js';
import { fleetSettings } from '../fleet/settings.js';
import { credentialSettings, identitySettings } from '../accounts/settings.js';
import { keySettings } from '../keys/settings.js';
import { messagingSettings } from '../messaging/settings.js';
import { quotaSettings } from '../accounts/quota-settings.js';
import { readSideSettings } from '../read-side/settings.js';
import { schedulerSettings } from '../schedulers/settings.js';
import { listenerSettings } from '../listener/settings.js';
import { dataDirectorySettings } from '../data-directory/settings.js';
import { outputSettings } from '../output/settings.js';
import { SURFACES } from '../surfaces/list.js';
import { roleSettings } from '../host/roles.js';
import { clientSettings } from './client-settings.js';

/** The settings of every component of a server except its surfaces. Each component declares its own settings. */
export const SECTIONS = [
  listenerSettings,
  dataDirectorySettings,
  eventLogSettings,
  listenSettings,
  readSideSettings,
  messagingSettings,
  roleSettings,
  embeddedAgentSettings,
  nodeSettings,
  fleetSettings,
  archiveSettings,
  transparencySettings,
  schedulerSettings,
  keySettings,
  credentialSettings,
  identitySettings,
  quotaSettings,
  outputSettings,
  clientSettings,
] as const;

export const SURFACE_SECTIONS = SURFACES.flatMap(({ name, settings }) =>
  settings === undefined ? [] : [{ name, settings }],
);

export const SETTINGS: readonly Setting[] = [
  ...[...SECTIONS, ...AGENT_SECTIONS].flatMap(({ settings }) => settings),
  ...SURFACE_SECTIONS.flatMap(({ settings: { settings } }) => settings),
];

/** Returns the defaults. That of a range is the text that an operator would write. */
export function settingDefaults(): ReadonlyMap<string, unknown> {
  return new Map(SETTINGS.map(({ name, schema }) => [name, standardOf(schema.parse(undefined))]));
}

export function settingsTable(): string {
  const defaults = settingDefaults();
  const rows = SETTINGS.map(({ name, doc, unset = 'unset' }) => {
    const standard = defaults.get(name);
    const text = Array.isArray(standard) ? standard.join(',') : String(standard);
    return `| \`${name}\` | ${doc} | ${standard === undefined || text === '' ? unset : `\`${text}\``} |`;
  });
  return ['| variable | meaning | default |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function standardOf(value: unknown): unknown {
  return value?.constructor === Object ? Object.values(value).join('-') : value;
}
