import { AGENT_SECTIONS, type AgentSettings } from '#agents/settings.js';

/** The settings of an agent whose operator has set none. */
export const UNSET: AgentSettings = Object.assign(
  {},
  ...AGENT_SECTIONS.map((section) => {
    const read = section.read({});
    if ('problems' in read) throw new Error(read.problems.join('; '));
    return read.value;
  }),
) as AgentSettings;
