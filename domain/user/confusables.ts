import unhomoglyph from 'unhomoglyph';

/** Characters that nobody sees: joiners, variation selectors, fillers (Unicode's default ignorable code points). */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** A dot above a letter that has one already. */
const SECOND_DOT = /[ij]\u0307/u;
const ASCII = /^[\u0000-\u007f]*$/;

/** Scripts of UTS #31, table 5: what languages are written in today. */
const SCRIPTS = [
  'Latin',
  'Greek',
  'Cyrillic',
  'Armenian',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Thaana',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Tibetan',
  'Myanmar',
  'Ethiopic',
  'Khmer',
  'Han',
  'Hiragana',
  'Katakana',
  'Bopomofo',
  'Hangul',
] as const;
/** Scripts that are written together (UTS #39, "highly restrictive"). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
] as const;

const classOf = (scripts: readonly string[]): string => scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('');

/** Whether a text has letters of several scripts that are not written together. */
class Scripts {
  readonly #ofOne = [...TOGETHER, ...SCRIPTS.map((script) => [script])].map(
    (scripts) => new RegExp(`^[${classOf(scripts)}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u'),
  );
  readonly #ofNone = new RegExp(`^[^${classOf(SCRIPTS)}]*$`, 'u');

  mixedIn(text: string): boolean {
    return !this.#ofNone.test(text) && !this.#ofOne.some((script) => script.test(text));
  }
}

/** Made with the first name that is not plain: its patterns are large, and most processes never see one. */
let scripts: Scripts | undefined;

/**
 * Why a name could be taken for another one, if it could: it has characters that cannot be seen, mixes scripts, or looks like a name of plain
 * letters without being one. Source: UTS #39, Unicode Security Mechanisms; its table of confusable characters is that of the package unhomoglyph.
 */
export function confusableProblem(name: string): string | undefined {
  if (ASCII.test(name)) return undefined;
  scripts ??= new Scripts();
  const plain = name.normalize('NFKC');
  const apart = plain.normalize('NFD');
  if (INVISIBLE.test(name) || SECOND_DOT.test(apart)) return 'must not have characters that cannot be seen';
  if (scripts.mixedIn(plain)) return 'must not mix letters of several scripts';
  if (!ASCII.test(plain) && ASCII.test(unhomoglyph(apart))) return 'looks like another name: use the letters that it looks like';
  return undefined;
}
