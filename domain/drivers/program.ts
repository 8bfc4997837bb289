import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../kernel/plain-name.js';
import { utf8Length } from '../kernel/utf8-length.js';

/** NUL is refused, because it would end the string early. */
const argumentText = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** Linux cannot start a program with an argument or variable of 128 KiB or more, including the variable's name. */
const MAX_ARGUMENT_BYTES = 130_000;

/** Parameters of `refine` for a string that becomes one argument or variable of a process. */
export const fitsArgument = [
  (text: string): boolean => utf8Length(text) <= MAX_ARGUMENT_BYTES,
  `must be at most ${MAX_ARGUMENT_BYTES} bytes long`,
] as const;

export const program = {
  command: argumentText(65536).min(1),
  args: z.array(argumentText(32768)).max(1024),
  work_dir: argumentText(4096).min(1).startsWith('/', 'must be an absolute path'),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number'),
};

export const runAsFields = {
  /** A user of the host, which only operators may choose. */
  user: program.user.optional(),
  tenant: argumentText(256).min(1).optional(),
};

export function rejectTwoUsers(
  config: { readonly user?: string | undefined; readonly tenant?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (config.user !== undefined && config.tenant !== undefined)
    context.addIssue({ code: 'custom', path: ['tenant'], message: 'is not allowed together with user' });
}
