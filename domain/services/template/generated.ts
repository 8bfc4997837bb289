import type { TemplateVariable } from './variable.js';

export type RandomBytes = (count: number) => Uint8Array;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD_LENGTH = 24;
/** Larger byte values are rejected, because they would favour some letters. */
const FAIR = 256 - (256 % LETTERS.length);

/** The value contains only letters and digits, so it needs no escaping in shells, URLs and files. */
export function generatedValue(how: NonNullable<TemplateVariable['generate']>, random: RandomBytes): string {
  if (how === 'password') return password(random);
  const hex = Array.from(random(16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (how === 'hex') return hex;
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function password(random: RandomBytes): string {
  let made = '';
  while (made.length < PASSWORD_LENGTH)
    for (const byte of random(PASSWORD_LENGTH - made.length))
      if (byte < FAIR) made += LETTERS.charAt(byte % LETTERS.length);
  return made;
}
