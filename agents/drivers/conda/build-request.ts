import { z } from 'zod';
import { BACKENDS, lock, lockHash } from '#domain/drivers/conda/index.js';

const texts = z.array(z.string());
const user = z.strictObject({ uid: z.number(), gid: z.number() });

/** The request to a builder, in a file. Secrets are passed in its environment instead. */
export const buildRequest = z.strictObject({
  store: z.string(),
  id: z.string(),
  allocationId: z.string(),
  backend: z.enum(BACKENDS),
  program: z.string(),
  uv: z.string().optional(),
  platform: z.string(),
  specs: texts,
  pip: texts,
  channels: texts,
  base: lock.optional(),
  lock: lock.optional(),
  /** The requested lock, if there is one. Any other result is a failure. */
  hash: lockHash.optional(),
  plan: z.boolean(),
  /** User for tools that find packages and never run their code. Default: the agent's own user. */
  finder: user.optional(),
  /** User for tools that install, and so may run code of packages. No concurrent build uses it. Default: the agent's own user. */
  owner: user.optional(),
  /** Group whose processes may enter the environment. Default: everyone. */
  reader: z.number().optional(),
  /** Supplementary group of the tenant's installing users, which gives access to shared packages. */
  sharer: z.number().optional(),
  pipIndex: z.string().optional(),
  /** Addresses outside the Internet that downloads may reach, and Muster's own parts, as for HTTP tasks. */
  calls: z.strictObject({ allowed: z.string(), own: texts }),
  limitSeconds: z.number().positive(),
  variables: texts,
  result: z.string(),
});
export type BuildRequest = z.infer<typeof buildRequest>;

/** The variable that passes `MUSTER_CONDA_CREDENTIALS` to a builder. */
export const CREDENTIALS = 'MUSTER_CONDA_CREDENTIALS';
