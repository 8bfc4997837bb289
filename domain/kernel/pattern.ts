import { RE2JS } from 're2js';

export const MAX_PATTERN_LENGTH = 512;
export const MAX_PATTERN_SIZE = 1000;
export const MAX_MATCHED_LENGTH = 8192;

const CACHED_PATTERNS = 256;
const CACHED_VERDICTS = 512;
const CACHED_TEXT_LENGTH = 256;

/** An unanchored regular expression in RE2 syntax: no back-references or look-around, linear time. */
export interface Pattern {
  matches(text: string): boolean;
}

export type CompiledPattern =
  { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly problem: string };

const cache = new Map<string, CompiledPattern>();

/** Compiles a user's pattern, or returns what is wrong with it. Results are cached. */
export function compilePattern(source: string): CompiledPattern {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const compiled = compile(source);
  if (cache.size >= CACHED_PATTERNS) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  }
  cache.set(source, compiled);
  return compiled;
}

function compile(source: string): CompiledPattern {
  if (source.length > MAX_PATTERN_LENGTH)
    return { ok: false, problem: `a regex must be at most ${MAX_PATTERN_LENGTH} characters long` };
  try {
    const program = RE2JS.compile(source);
    if (program.programSize() > MAX_PATTERN_SIZE)
      return { ok: false, problem: 'the regex is too large: it contains too many repetitions' };
    return { ok: true, pattern: new RememberingPattern(program) };
  } catch (error) {
    return {
      ok: false,
      problem: `not a regex: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300),
    };
  }
}

class RememberingPattern implements Pattern {
  readonly #program: RE2JS;
  readonly #verdicts = new Map<string, boolean>();

  constructor(program: RE2JS) {
    this.#program = program;
  }

  matches(text: string): boolean {
    if (text.length > MAX_MATCHED_LENGTH) return false;
    if (text.length > CACHED_TEXT_LENGTH) return this.#program.matcher(text).find();
    let verdict = this.#verdicts.get(text);
    if (verdict === undefined) {
      verdict = this.#program.matcher(text).find();
      if (this.#verdicts.size >= CACHED_VERDICTS) this.#verdicts.clear();
      this.#verdicts.set(text, verdict);
    }
    return verdict;
  }
}
