/** Due since always: what follows a change has no moment of its own. */
export const DUE_IMMEDIATELY = 0;

/** Digits of the largest moment that a date can hold. */
const DIGITS = 16;

/**
 * The value of the index `due` of a document that waits for something: the moment from which it is to be dealt with, in milliseconds
 * since the epoch. Its text sorts as the number does, so that a read of the index in order finds the earliest first.
 */
export function dueValue(at: number | undefined): string | undefined {
  return at === undefined ? undefined : Math.max(DUE_IMMEDIATELY, Math.ceil(at)).toString().padStart(DIGITS, '0');
}
