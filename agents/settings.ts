import type { SectionValues } from '#domain/kernel/settings/section.js';
import { condaDriverSettings } from './drivers/conda/settings.js';
import { reachSettings } from './drivers/http/settings.js';
import { logSettings, taskSettings } from './runner/settings.js';

export { nodeSettings } from './node-settings.js';

/** Settings that a node's operator makes for tasks and logs. Each part declares its own section. `runAgent` accepts the values of all sections. */
export const AGENT_SECTIONS = [taskSettings, logSettings, condaDriverSettings, reachSettings] as const;

/** The values of `AGENT_SECTIONS`. */
export type AgentSettings = SectionValues<typeof AGENT_SECTIONS>;
