import { z } from 'zod';
import { areLoopback, checkNatsUrls, namesCredentials } from '#agents/platform/transport/nats/options.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

const natsUrl = z
  .string()
  .regex(
    /^(nats|tls):\/\/[^\s,]+(,(nats|tls):\/\/[^\s,]+)*$/,
    'must be one or more URLs such as nats://host:port, separated by commas',
  );

export const messagingSettings = section(
  {
    natsUrl: setting(
      'MUSTER_NATS_URL',
      natsUrl.optional(),
      'one or more URLs, `nats://user:password@…` or `tls://…`, separated by commas',
      { secret: true, unset: 'unset: HTTP only' },
    ),
    without: setting(
      'MUSTER_NATS_WITHOUT_CREDENTIALS',
      z.enum(['refuse', 'accept']).default('refuse'),
      '`refuse`: do not use a NATS server that accepts clients without credentials ([details](flows/messaging.md#who-may-do-what)). `accept`: use it, although any client that reaches it can read every event; requires `MUSTER_JOIN_TOKEN`',
    ),
    maxAgeSeconds: setting(
      'MUSTER_NATS_STREAM_MAX_AGE_SECONDS',
      z.coerce.number().int().min(1).max(315_360_000).default(604_800),
      'how long JetStream retains published events, if NATS has it enabled',
    ),
    maxBytes: setting(
      'MUSTER_NATS_STREAM_MAX_BYTES',
      z.coerce.number().int().min(1_048_576).max(Number.MAX_SAFE_INTEGER).default(268_435_456),
      'how many bytes of published events JetStream retains',
    ),
  },
  ({ natsUrl: url, without, maxAgeSeconds, maxBytes }) => ({
    natsUrl: url,
    natsOpen: without === 'accept',
    natsStream: { maxAgeSeconds, maxBytes },
  }),
);

export type MessagingSettings = SectionValue<typeof messagingSettings>;

type Given = Pick<MessagingSettings, 'natsUrl' | 'natsOpen'> & { readonly joinToken: string | undefined };

export function wrongNats({ natsUrl: url, natsOpen, joinToken: token }: Given): string | undefined {
  if (url === undefined) return undefined;
  const problem = checkNatsUrls(url);
  if (problem !== undefined) return problem;
  if (!areLoopback(url) && token === undefined)
    return 'is not loopback, which requires MUSTER_JOIN_TOKEN: other machines can publish there';
  if (namesCredentials(url)) return undefined;
  if (!natsOpen) {
    return 'has no user and password (nats://user:password@host): any client that reaches NATS could read every event; to start anyway, set MUSTER_NATS_WITHOUT_CREDENTIALS=accept';
  }
  return token === undefined ? 'has no user and password, which requires MUSTER_JOIN_TOKEN' : undefined;
}
