/** For steps that need no waiting. */
export const DUE_IMMEDIATELY = 0;

const DIGITS = 16;

/**
 * Value of a document's index `due`: when its next step is due, in milliseconds since the epoch, padded so that texts
 * sort like numbers and the earliest comes first.
 */
export function dueValue(at: number | undefined): string | undefined {
  return at === undefined
    ? undefined
    : Math.max(DUE_IMMEDIATELY, Math.ceil(at)).toString().padStart(DIGITS, '0');
}
