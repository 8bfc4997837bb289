/** A piece of a string: plain text, or a character that is invisible or changes the order of other characters. */
export type Piece = { readonly text: string } | { readonly hidden: string };

/** Control characters, zero-width and format characters, and characters that reverse text. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029\u115F\u1160\u3164\uFFA0]/u;

/** Splits a string so that each hidden character can be shown as its code. Otherwise, one name could look like another. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let plain = '';
  for (const character of text) {
    if (!HIDDEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') found.push({ text: plain });
    plain = '';
    found.push({
      hidden: `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    });
  }
  if (plain !== '') found.push({ text: plain });
  return found;
}

/** Returns the text with codes in brackets, for places that allow only plain text, such as tooltips. */
export function visible(text: string): string {
  return pieces(text)
    .map((piece) => ('text' in piece ? piece.text : `[${piece.hidden}]`))
    .join('');
}
