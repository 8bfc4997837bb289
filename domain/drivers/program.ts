import { z } from 'zod';

/** What drivers that start a program take: how it is named, what it is given, as whom and where it runs. */
export const program = {
  command: z.string().min(1).max(65536),
  args: z.array(z.string().max(32768)).max(1024),
  work_dir: z.string().min(1).max(4096).startsWith('/', 'must be an absolute path'),
  user: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/, 'must be a user name or number'),
};
