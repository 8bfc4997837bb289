import { z } from 'zod';
import { areLoopback, checkNatsUrls, namesCredentials } from '#agents/transport/nats/options.js';

export const natsVariables = {
  MUSTER_NATS_URL: z
    .string()
    .regex(
      /^(nats|tls):\/\/[^\s,]+(,(nats|tls):\/\/[^\s,]+)*$/,
      'must be nats://host:port, several separated by commas',
    )
    .optional(),
  MUSTER_NATS_WITHOUT_CREDENTIALS: z.enum(['refuse', 'accept']).default('refuse'),
};

type Value = z.infer<z.ZodObject<typeof natsVariables>> & { readonly MUSTER_JOIN_TOKEN?: string | undefined };

export function wrongNats({
  MUSTER_NATS_URL: url,
  MUSTER_NATS_WITHOUT_CREDENTIALS: without,
  MUSTER_JOIN_TOKEN: token,
}: Value): string | undefined {
  if (url === undefined) return undefined;
  const problem = checkNatsUrls(url);
  if (problem !== undefined) return problem;
  if (!areLoopback(url) && token === undefined)
    return 'is not loopback, which requires MUSTER_JOIN_TOKEN: others can publish there';
  if (namesCredentials(url)) return undefined;
  if (without === 'refuse') {
    return 'names no user and password, as nats://user:password@host does: any client that reaches NATS could read every event; MUSTER_NATS_WITHOUT_CREDENTIALS=accept starts all the same';
  }
  return token === undefined ? 'names no user and password, which requires MUSTER_JOIN_TOKEN' : undefined;
}
