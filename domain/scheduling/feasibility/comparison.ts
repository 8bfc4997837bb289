const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;
const MAX_NUMBER_LENGTH = 64;

export function numberIn(text: string): number | undefined {
  if (text.length > MAX_NUMBER_LENGTH || !NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Compares two strings by Unicode code point. (`<` compares UTF-16 units, which results in a different order beyond U+FFFF.) */
export function compareByCodePoint(one: string, other: string): number {
  const least = Math.min(one.length, other.length);
  let index = 0;
  while (index < least && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  if (index === least) return one.length - other.length;
  // If they differ inside a surrogate pair, the first halves are equal, and the second halves are ordered like the characters.
  return (one.codePointAt(index) ?? 0) - (other.codePointAt(index) ?? 0);
}

export function compare(one: string, other: string): number {
  const left = numberIn(one);
  const right = numberIn(other);
  return left !== undefined && right !== undefined ? left - right : compareByCodePoint(one, other);
}

export function equal(one: string, other: string): boolean {
  if (one === other) return true;
  const left = numberIn(one);
  return left !== undefined && left === numberIn(other);
}
