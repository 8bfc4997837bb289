import { z } from 'zod';
import type { LocalAccess } from '#agents/platform/listener/index.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-fA-F:]+\]|[^\s:]+):\d{1,5}$/, 'must be host:port')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')).replace(/^\[|\]$/g, ''),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }))
  .refine(({ port: number }) => number <= 65_535, 'must end with a port of at most 65535');

const credentials = z
  .string()
  .regex(/^[^:\s]+:.{16,}$/, 'must be user:password, with a password of at least 16 characters');

export const listenSettings = section(
  {
    listen: setting(
      'MUSTER_EVENTSTORE_LISTEN',
      hostAndPort.optional(),
      '`host:port` at which EventStoreDB clients can reach the embedded log',
      { serverOnly: true },
    ),
    certFile: setting(
      'MUSTER_EVENTSTORE_TLS_CERT',
      z.string().min(1).optional(),
      'PEM file with the TLS certificate for this listener or `muster eventstore`; required on non-loopback addresses',
      { serverOnly: true },
    ),
    keyFile: setting(
      'MUSTER_EVENTSTORE_TLS_KEY',
      z.string().min(1).optional(),
      'PEM file with the TLS key for this listener or `muster eventstore`; required on non-loopback addresses',
      { serverOnly: true },
    ),
    foreign: setting(
      'MUSTER_EVENTSTORE_FOREIGN',
      z.enum(['accept', 'refuse']).default('accept'),
      'whether clients of this listener or of `muster eventstore` may write streams that do not belong to Muster: `accept` or `refuse`',
    ),
    // The maximum leaves room for the protocol within messages of 16 MiB.
    maxAppendSize: setting(
      'MUSTER_EVENTSTORE_MAX_APPEND_SIZE',
      z.coerce.number().int().min(1024).max(15_728_640).default(1_048_576),
      'maximum data size of one append to `muster eventstore`, in bytes (`--max-append-size`); at most 15728640',
    ),
    credentials: setting(
      'MUSTER_EVENTSTORE_CREDENTIALS',
      credentials.optional(),
      '`user:password` that clients of this listener or of `muster eventstore` must send ([when it is required](#the-event-store-for-other-clients)); the password must have at least 16 characters',
      { secret: true, serverOnly: true },
    ),
  },
  (eventStoreServer) => ({ eventStoreServer }),
);

export type ListenSettings = SectionValue<typeof listenSettings>;

export interface EventStoreListen {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  readonly localAccess: LocalAccess;
  readonly foreign: 'accept' | 'refuse';
  /** Maximum data size of one append to `muster eventstore`, in bytes. */
  readonly maxAppendSize: number;
}

type Given = ListenSettings & { readonly localAccess: LocalAccess };

export function eventStoreListen({ eventStoreServer, localAccess }: Given): EventStoreListen | undefined {
  const { listen, certFile, keyFile, foreign, maxAppendSize, credentials: text } = eventStoreServer;
  if (listen === undefined) return undefined;
  const colon = text?.indexOf(':') ?? 0;
  return {
    ...listen,
    localAccess,
    foreign,
    maxAppendSize,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    credentials:
      text === undefined ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) },
  };
}

/** A client that reaches the log can read all of it, so a listener on a non-loopback address requires TLS and a password. */
export function wrongListen({ eventStoreServer, localAccess }: Given): string[] {
  const { listen, certFile: cert, keyFile: key, credentials: given } = eventStoreServer;
  const wrong: string[] = [];
  if ((cert === undefined) !== (key === undefined))
    wrong.push('MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY: must be set together');
  if (listen === undefined && (cert ?? key ?? given) !== undefined) {
    wrong.push(
      'MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY, MUSTER_EVENTSTORE_CREDENTIALS: require MUSTER_EVENTSTORE_LISTEN, which is not set',
    );
  }
  if (
    listen !== undefined &&
    !isLoopback(listen.host) &&
    (cert === undefined || key === undefined || given === undefined)
  ) {
    wrong.push(
      `MUSTER_EVENTSTORE_LISTEN: ${listen.host} is not loopback, which requires MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY and MUSTER_EVENTSTORE_CREDENTIALS`,
    );
  }
  if (listen !== undefined && given === undefined && localAccess === 'token')
    wrong.push(
      'MUSTER_EVENTSTORE_LISTEN: MUSTER_LOCAL_ACCESS=token requires MUSTER_EVENTSTORE_CREDENTIALS; otherwise no client could read the log',
    );
  return wrong;
}
