import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';

/** A text that a program is given: NUL would end it early. */
const argumentText = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** What drivers that start a program take: how it is named, what it is given, as whom and where it runs. */
export const program = {
  command: argumentText(65536).min(1),
  args: z.array(argumentText(32768)).max(1024),
  work_dir: argumentText(4096).min(1).startsWith('/', 'must be an absolute path'),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number'),
};

/** As whom a process of the host runs; neither: as the agent's own user. */
export const runAsFields = {
  /** A user of the host: an operator says it. */
  user: program.user.optional(),
  /** The user that the node keeps for this tenant alone: a surface says it of what its accounts run. */
  tenant: argumentText(256).min(1).optional(),
};

export function rejectTwoUsers(config: { readonly user?: string | undefined; readonly tenant?: string | undefined }, context: z.RefinementCtx): void {
  if (config.user !== undefined && config.tenant !== undefined)
    context.addIssue({ code: 'custom', path: ['tenant'], message: 'is not for a task that names its user' });
}
