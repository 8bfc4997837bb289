import { status, type Metadata } from '@grpc/grpc-js';
import { sameSecret } from '#agents/platform/same-secret.js';
import { subjectOf } from '#src/engine/event-store/index.js';
import type { Caller } from './caller.js';
import type { WireContext } from './context.js';
import { accessDenied, unforeseen, WireStatus } from './status.js';
import type { WriteRule } from './write-rule.js';

export interface WireCredentials {
  readonly user: string;
  readonly password: string;
}

const NOT_OPERATOR =
  'without credentials, this store accepts only root and the user that runs it; for other users, set MUSTER_EVENTSTORE_CREDENTIALS on the store';

export interface AccessOptions {
  readonly credentials: WireCredentials | undefined;
  readonly isOperator?: ((caller: Caller) => boolean) | undefined;
  readonly rule: Pick<WriteRule, 'refusalOf' | 'deletionRefusalOf'>;
}

type Access = Pick<WireContext, 'mayRead' | 'mayWrite' | 'mayDelete' | 'mayAsk'>;

/**
 * Access control. If credentials are set, only clients that send them can read or write streams. Otherwise, only the operator's own connections can,
 * and credentials from clients are ignored, as in an insecure EventStoreDB. No one can write streams that the rule protects, or their metadata.
 */
export function accessOf({ credentials, isOperator, rule }: AccessOptions): Access {
  const expected = credentials && `${credentials.user}:${credentials.password}`;
  /** Throws if the credentials are wrong. Returns false if none were sent. */
  const isKnown = ({ metadata }: Caller): boolean => {
    if (expected === undefined) return true;
    const sent = basicCredentials(metadata);
    if (sent === undefined) return false;
    if (!sameSecret(expected, sent)) throw new WireStatus(status.UNAUTHENTICATED, 'Unauthenticated');
    return true;
  };
  const mayRead = (caller: Caller): void => {
    if (expected === undefined && isOperator?.(caller) === false) throw accessDenied(NOT_OPERATOR);
    if (!isKnown(caller)) throw accessDenied();
  };
  const mayChange = (caller: Caller, stream: string, deletes: boolean): void => {
    mayRead(caller);
    const subject = subjectOf(stream) ?? stream;
    const mayDiscard = deletes || subject !== stream;
    const refusal = rule.refusalOf(subject) ?? (mayDiscard ? rule.deletionRefusalOf(subject) : undefined);
    if (refusal !== undefined) throw accessDenied(refusal);
  };
  return {
    mayAsk: (caller) => void isKnown(caller),
    mayRead,
    mayWrite: (caller, stream) => mayChange(caller, stream, false),
    mayDelete: (caller, stream) => mayChange(caller, stream, true),
  };
}

function basicCredentials(metadata: Metadata): string | undefined {
  const header = metadata.get('authorization')[0];
  if (typeof header !== 'string') return undefined;
  const [scheme = '', encoded = ''] = header.trim().split(/\s+/);
  if (scheme.toLowerCase() !== 'basic') return undefined;
  if (!/^[A-Za-z0-9+/]+=*$/.test(encoded)) throw unforeseen();
  const text = Buffer.from(encoded, 'base64').toString();
  return text.includes(':') ? text : undefined;
}
