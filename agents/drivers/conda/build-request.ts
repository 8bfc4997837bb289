import { z } from 'zod';
import { BACKENDS, lock, lockHash } from '#domain/drivers/conda/index.js';

const texts = z.array(z.string());
const user = z.strictObject({ uid: z.number(), gid: z.number() });

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
  /** As whom tools run that find packages, and never run code of one; absent: as the agent's own user. */
  finder: user.optional(),
  /** As whom tools run that install, and with them code of packages: of no other build at the same time. Absent: as the agent's own user. */
  owner: user.optional(),
  /** The group whose processes may enter what is built; absent: all may. */
  reader: z.number().optional(),
  /** The group that those who install for the tenant have next to their own: it alone lets them to the packages that they share. */
  sharer: z.number().optional(),
  pipIndex: z.string().optional(),
  /** What downloads may reach beyond the Internet, and where Muster's own parts listen: as for HTTP calls of tasks. */
  calls: z.strictObject({ allowed: z.string(), own: texts }),
  /** Seconds after which a build has failed. */
  limitSeconds: z.number().positive(),
  /** Variables of its own environment that tools get. */
  variables: texts,
  /** Where it writes what came of it. */
  result: z.string(),
});
export type BuildRequest = z.infer<typeof buildRequest>;

/** The variable that carries `MUSTER_CONDA_CREDENTIALS` to a builder. */
export const CREDENTIALS = 'MUSTER_CONDA_CREDENTIALS';
