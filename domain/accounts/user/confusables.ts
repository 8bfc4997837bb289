import unhomoglyph from 'unhomoglyph';

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
const SECOND_DOT = /[ij]\u0307/u;
const ASCII = /^[\u0000-\u007f]*$/;

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
/** Scripts that are commonly mixed (UTS #39, "highly restrictive"). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
] as const;

const classOf = (scripts: readonly string[]): string =>
  scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('');

class Scripts {
  readonly #ofOne = [...TOGETHER, ...SCRIPTS.map((script) => [script])].map(
    (scripts) => new RegExp(`^[${classOf(scripts)}\\p{Script=Common}\\p{Script=Inherited}]*$`, 'u'),
  );
  readonly #ofNone = new RegExp(`^[^${classOf(SCRIPTS)}]*$`, 'u');

  mixedIn(text: string): boolean {
    return !this.#ofNone.test(text) && !this.#ofOne.some((script) => script.test(text));
  }
}

/** Created with the first non-ASCII name, because its patterns are large and rarely needed. */
let scripts: Scripts | undefined;

/**
 * Returns why a name could be confused with another one: invisible characters, mixed scripts, or letters that look like
 * ASCII. Source: UTS #39, Unicode Security Mechanisms; the package unhomoglyph has its table of confusable characters.
 */
export function confusableProblem(name: string): string | undefined {
  if (ASCII.test(name)) return undefined;
  scripts ??= new Scripts();
  const plain = name.normalize('NFKC');
  const apart = plain.normalize('NFD');
  if (INVISIBLE.test(name) || SECOND_DOT.test(apart)) return 'must not contain invisible characters';
  if (scripts.mixedIn(plain)) return 'must not mix letters from different scripts';
  if (!ASCII.test(plain) && ASCII.test(unhomoglyph(apart)))
    return 'looks like an ASCII name: use the ASCII letters';
  return undefined;
}
