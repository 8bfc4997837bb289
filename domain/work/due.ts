export const DUE_IMMEDIATELY = 0;

const DIGITS = 16;

/** Value of the index `due`: milliseconds since the epoch, padded so that strings sort like numbers. */
export function dueValue(at: number | undefined): string | undefined {
  return at === undefined
    ? undefined
    : Math.max(DUE_IMMEDIATELY, Math.ceil(at)).toString().padStart(DIGITS, '0');
}
