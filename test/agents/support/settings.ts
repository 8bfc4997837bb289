import { AGENT_SECTIONS, type AgentSettings } from '#agents/settings.js';
import type { DriverHost } from '#agents/drivers/driver.js';

/** The settings of an agent whose operator has set none. */
export const UNSET: AgentSettings = Object.assign(
  {},
  ...AGENT_SECTIONS.map((section) => {
    const read = section.read({});
    if ('problems' in read) throw new Error(read.problems.join('; '));
    return read.value;
  }),
) as AgentSettings;

/** The limits that drivers get from these settings. */
export const UNSET_LIMITS: Pick<
  DriverHost,
  'conda' | 'diskLimits' | 'logBounds' | 'maxProcesses' | 'volumeLimits'
> = {
  conda: UNSET.conda,
  diskLimits: UNSET.taskDisk,
  logBounds: UNSET.logBounds,
  maxProcesses: UNSET.taskProcesses,
  volumeLimits: UNSET.volumeLimits,
};
