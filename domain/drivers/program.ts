import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';

/** A text that a program is given: NUL would end it early. */
const given = (max: number) => z.string().max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);

/** What drivers that start a program take: how it is named, what it is given, as whom and where it runs. */
export const program = {
  command: given(65536).min(1),
  args: z.array(given(32768)).max(1024),
  work_dir: given(4096).min(1).startsWith('/', 'must be an absolute path'),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number'),
};
