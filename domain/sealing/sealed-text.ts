import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';

/** `sealed:1:<subject>:<base64url>`: 1 is the form, the subject says whose key opens it. */
const SEALED = /^sealed:1:([a-z0-9][a-z0-9.-]{0,99}):[A-Za-z0-9_-]{38,}$/;

/**
 * A text that can be read only with the key of its subject. Events and documents carry it as it is: it is decided upon,
 * folded and compared unread, and is sealed and opened at the edge alone (`src/engine/sealing`). Without the key it is noise for ever.
 */
export const sealedText = z.string().max(400_000).regex(SEALED, 'must be sealed');

/** Whose key opens a sealed text; undefined where it is none. */
export function subjectOf(text: string): string | undefined {
  return SEALED.exec(text)?.[1];
}

/** What is shown where the key is gone. */
export const ERASED = 'erased';
/** What is shown where the key is one that another server has. */
export const SEALED_ELSEWHERE = 'sealed by another server';

/** Environments of jobs that no person owns. */
export const CLUSTER_SUBJECT = 'cluster';

const PERSON = 'user.';

/** The subject of all that is a person's. */
export function userSubject(userId: string): string {
  return `${PERSON}${userId}`;
}

const TENANTS = new UuidNamespace('3b6f0a52-8d0e-5c1e-9a7d-5f0c2f4c9e61');

/** The subject of what belongs to a tenant: what its tasks give back. A tenant's id may be any text. */
export function tenantSubject(tenantId: string): string {
  return `tenant.${TENANTS.of(tenantId)}`;
}

/** The id of the person that a subject is: who is erased by deleting the key. Undefined for subjects that are no person. */
export function personOf(subject: string): string | undefined {
  return subject.startsWith(PERSON) ? subject.slice(PERSON.length) : undefined;
}
