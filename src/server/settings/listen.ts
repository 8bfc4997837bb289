import { z } from 'zod';
import type { LocalAccess } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import { hostAndPort } from './hosts.js';

export const listenVariables = {
  MUSTER_EVENTSTORE_LISTEN: hostAndPort.optional(),
  MUSTER_EVENTSTORE_TLS_CERT: z.string().min(1).optional(),
  MUSTER_EVENTSTORE_TLS_KEY: z.string().min(1).optional(),
  MUSTER_EVENTSTORE_CREDENTIALS: z
    .string()
    .regex(/^[^:\s]+:.{16,}$/, 'must be user:password, the password at least 16 characters')
    .optional(),
  MUSTER_EVENTSTORE_FOREIGN: z.enum(['accept', 'refuse']).default('accept'),
  // The maximum leaves room for the protocol within messages of 16 MiB.
  MUSTER_EVENTSTORE_MAX_APPEND_SIZE: z.coerce.number().int().min(1024).max(15_728_640).default(1_048_576),
};

type Value = z.infer<z.ZodObject<typeof listenVariables>> & { readonly MUSTER_LOCAL_ACCESS: LocalAccess };

export interface EventStoreListen {
  readonly host: string;
  readonly port: number;
  /** Paths of PEM files. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** Who needs no credentials on loopback, if none are set. */
  readonly localAccess: LocalAccess;
  /** Whether clients may write to streams that are not Muster's. */
  readonly foreign: 'accept' | 'refuse';
  /** Maximum bytes of data in one append to `muster eventstore`. */
  readonly maxAppendSize: number;
}

export function eventStoreListen(value: Value): EventStoreListen | undefined {
  const {
    MUSTER_EVENTSTORE_LISTEN: listen,
    MUSTER_EVENTSTORE_TLS_CERT: certFile,
    MUSTER_EVENTSTORE_TLS_KEY: keyFile,
    MUSTER_EVENTSTORE_CREDENTIALS: credentials,
    MUSTER_EVENTSTORE_FOREIGN: foreign,
    MUSTER_EVENTSTORE_MAX_APPEND_SIZE: maxAppendSize,
  } = value;
  if (listen === undefined) return undefined;
  const colon = credentials?.indexOf(':') ?? 0;
  return {
    ...listen,
    localAccess: value.MUSTER_LOCAL_ACCESS,
    foreign,
    maxAppendSize,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    credentials:
      credentials === undefined
        ? undefined
        : { user: credentials.slice(0, colon), password: credentials.slice(colon + 1) },
  };
}

/** A client that reaches the log can read all of it, so off loopback it needs TLS and a password. */
export function wrongListen(value: Value): string[] {
  const {
    MUSTER_EVENTSTORE_LISTEN: listen,
    MUSTER_EVENTSTORE_TLS_CERT: cert,
    MUSTER_EVENTSTORE_TLS_KEY: key,
    MUSTER_EVENTSTORE_CREDENTIALS: credentials,
  } = value;
  const wrong: string[] = [];
  if ((cert === undefined) !== (key === undefined))
    wrong.push('MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY: are set together or not at all');
  if (listen === undefined && (cert ?? key ?? credentials) !== undefined) {
    wrong.push(
      'MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY, MUSTER_EVENTSTORE_CREDENTIALS: are for MUSTER_EVENTSTORE_LISTEN, which is not set',
    );
  }
  if (
    listen !== undefined &&
    !isLoopback(listen.host) &&
    (cert === undefined || key === undefined || credentials === undefined)
  ) {
    wrong.push(
      `MUSTER_EVENTSTORE_LISTEN: ${listen.host} is not loopback, which requires MUSTER_EVENTSTORE_TLS_CERT, MUSTER_EVENTSTORE_TLS_KEY and MUSTER_EVENTSTORE_CREDENTIALS`,
    );
  }
  if (listen !== undefined && credentials === undefined && value.MUSTER_LOCAL_ACCESS === 'token')
    wrong.push(
      'MUSTER_EVENTSTORE_LISTEN: MUSTER_LOCAL_ACCESS=token requires MUSTER_EVENTSTORE_CREDENTIALS: nobody could read without',
    );
  return wrong;
}
