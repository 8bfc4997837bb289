import { z } from 'zod';
import { BACKENDS, lock, lockHash } from '#domain/drivers/conda/index.js';

const texts = z.array(z.string());

/** What a builder is told, in a file. Secrets are not in it: they come by its environment. */
export const buildRequest = z.strictObject({
  /** Folder of the tenant's generations. */
  store: z.string(),
  /** Name of what it builds, in that folder. */
  id: z.string(),
  allocationId: z.string(),
  backend: z.enum(BACKENDS),
  program: z.string(),
  uv: z.string().optional(),
  platform: z.string(),
  specs: texts,
  pip: texts,
  /** URLs. */
  channels: texts,
  base: lock.optional(),
  lock: lock.optional(),
  /** Of the lock, where that is what was asked for: anything else is a failure. */
  hash: lockHash.optional(),
  plan: z.boolean(),
  /** As whom tools run; absent: as the agent's own user. */
  owner: z.strictObject({ uid: z.number(), gid: z.number() }).optional(),
  /** The group whose processes may enter what is built; absent: all may. */
  reader: z.number().optional(),
  pipIndex: z.string().optional(),
  /** Variables of its own environment that tools get. */
  variables: texts,
  /** Where it writes what came of it. */
  result: z.string(),
});
export type BuildRequest = z.infer<typeof buildRequest>;

/** The variable that carries `MUSTER_CONDA_CREDENTIALS` to a builder. */
export const CREDENTIALS = 'MUSTER_CONDA_CREDENTIALS';
