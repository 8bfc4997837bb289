import { createHash, timingSafeEqual } from 'node:crypto';
import { status, type Metadata } from '@grpc/grpc-js';
import { subjectOf } from '../stream-metadata.js';
import type { Caller } from './caller.js';
import type { WireContext } from './context.js';
import { accessDenied, unforeseen, WireStatus } from './status.js';
import { virtualStream } from './virtual-streams.js';
import type { WriteRule } from './write-rule.js';

export interface WireCredentials {
  readonly user: string;
  readonly password: string;
}

const NOT_OPERATOR =
  'on loopback this store is for root and the user that runs it; set MUSTER_EVENTSTORE_CREDENTIALS at the store for clients of other users';

export interface AccessOptions {
  readonly credentials: WireCredentials | undefined;
  readonly isOperator?: ((caller: Caller) => boolean) | undefined;
  readonly rule: Pick<WriteRule, 'refusalOf'>;
}

type Access = Pick<WireContext, 'mayRead' | 'mayWrite' | 'mayAsk'>;

/**
 * Access control. With credentials, only clients that send them can read or write streams. Without, only the operator's own connections can, and credentials
 * from the client are ignored, as in an insecure EventStoreDB. Streams that the rule protects, and their metadata, cannot be written by anyone.
 */
export function accessOf({ credentials, isOperator, rule }: AccessOptions): Access {
  const expected =
    credentials === undefined ? undefined : digest(`${credentials.user}:${credentials.password}`);
  /** Throws for wrong credentials; returns false if none were sent. */
  const isKnown = ({ metadata }: Caller): boolean => {
    if (expected === undefined) return true;
    const sent = basicCredentials(metadata);
    if (sent === undefined) return false;
    if (!timingSafeEqual(digest(sent), expected))
      throw new WireStatus(status.UNAUTHENTICATED, 'Unauthenticated');
    return true;
  };
  const mayRead = (caller: Caller): void => {
    if (expected === undefined && isOperator?.(caller) === false) throw accessDenied(NOT_OPERATOR);
    if (!isKnown(caller)) throw accessDenied();
  };
  return {
    mayAsk: (caller) => void isKnown(caller),
    mayRead,
    mayWrite(caller, stream) {
      mayRead(caller);
      const subject = subjectOf(stream) ?? stream;
      if (virtualStream(subject) !== undefined)
        throw accessDenied(`stream '${subject}' is made from the log when it is read`);
      const refusal = rule.refusalOf(subject);
      if (refusal !== undefined) throw accessDenied(refusal);
    },
  };
}

/** Parses `user:password`; undefined for another scheme, or without a colon. */
function basicCredentials(metadata: Metadata): string | undefined {
  const header = metadata.get('authorization')[0];
  if (typeof header !== 'string') return undefined;
  const [scheme = '', encoded = ''] = header.trim().split(/\s+/);
  if (scheme.toLowerCase() !== 'basic') return undefined;
  if (!/^[A-Za-z0-9+/]+=*$/.test(encoded)) throw unforeseen();
  const text = Buffer.from(encoded, 'base64').toString();
  return text.includes(':') ? text : undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
