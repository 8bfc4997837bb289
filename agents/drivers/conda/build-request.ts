import { z } from 'zod';
import { BACKENDS, lock, lockHash } from '#domain/drivers/conda/index.js';

const texts = z.array(z.string());
const user = z.strictObject({ uid: z.number(), gid: z.number() });

/** The request to a builder, passed in a file. Secrets are passed in the builder's environment instead. */
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
  hash: lockHash.optional(),
  plan: z.boolean(),
  /** User for tools that find packages and never run package code. Default: the agent's own user. */
  finder: user.optional(),
  /** User for tools that install packages and may run package code. No concurrent build uses the same user. Default: the agent's own user. */
  owner: user.optional(),
  reader: z.number().optional(),
  /** Supplementary group of the tenant's installing users. It gives access to shared packages. */
  sharer: z.number().optional(),
  pipIndex: z.string().optional(),
  /** Non-public addresses that downloads may reach, and the addresses of Muster's own components, as for HTTP tasks. */
  calls: z.strictObject({ allowed: z.string(), own: texts }),
  limitSeconds: z.number().positive(),
  variables: texts,
  result: z.string(),
});
export type BuildRequest = z.infer<typeof buildRequest>;

export const CREDENTIALS = 'MUSTER_CONDA_CREDENTIALS';
