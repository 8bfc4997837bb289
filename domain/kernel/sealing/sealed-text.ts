import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';

/** `sealed:1:<subject>:<base64url>`: format 1. The subject identifies the key. */
const SEALED = /^sealed:1:([a-z0-9][a-z0-9.-]{0,99}):[A-Za-z0-9_-]{38,}$/;

/**
 * Encrypted text that can be opened only with the key of its subject. Events and documents carry it unread. It is sealed and opened only at the edge
 * (`src/engine/sealing`). Without the key it can never be read again.
 */
export const sealedText = z.string().max(400_000).regex(SEALED, 'must be sealed');

/** Returns undefined if the text is not sealed. */
export function subjectOf(text: string): string | undefined {
  return SEALED.exec(text)?.[1];
}

export const ERASED = 'erased';
export const SEALED_ELSEWHERE = 'sealed by another server';

export const CLUSTER_SUBJECT = 'cluster';

const PERSON = 'user.';

export function userSubject(userId: string): string {
  return `${PERSON}${userId}`;
}

const TENANTS = new UuidNamespace('3b6f0a52-8d0e-5c1e-9a7d-5f0c2f4c9e61');

/** Subject of a tenant's data, such as the results of its tasks. Hashed, because a tenant id can be any string. */
export function tenantSubject(tenantId: string): string {
  return `tenant.${TENANTS.of(tenantId)}`;
}

export function personOf(subject: string): string | undefined {
  return subject.startsWith(PERSON) ? subject.slice(PERSON.length) : undefined;
}
