import { visit, type Document, type ErrorCode, type YAMLError } from 'yaml';

/** What is wrong in a YAML text, and the offset of it, in UTF-16 code units. */
export interface YamlFault {
  readonly offset: number;
  readonly problem: string;
}

/** The parser's own sentences are for programmers, so each of its codes has a sentence here. */
const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag',
  BAD_ALIAS: 'a text that begins with * needs quotes',
  BAD_COLLECTION_TYPE: 'the tag does not fit the value',
  BAD_DIRECTIVE: 'a line that begins with % needs quotes',
  BAD_DQ_ESCAPE: 'unknown escape after \\ in double quotes: write \\\\, or use single quotes',
  BAD_INDENT: 'is indented too little, or a bracket before it is not closed',
  BAD_PROP_ORDER: 'an anchor or a tag must come before its value, after the - of a list item',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'second ": " on a line: put the value in quotes, or on a line of its own',
  BLOCK_IN_FLOW: 'lists and fields inside [ ] or { } must be separated by commas',
  DUPLICATE_KEY: 'duplicate key',
  IMPOSSIBLE: 'is not YAML',
  KEY_OVER_1024_CHARS: 'the name of a field has more than 1024 characters',
  MISSING_CHAR: 'a quote, bracket, comma, colon or line break is missing',
  MULTILINE_IMPLICIT_KEY:
    'this is not a field: the colon after its name is missing, or a quote is not closed',
  MULTIPLE_ANCHORS: 'a value can have only one anchor (&name)',
  MULTIPLE_DOCS: 'has several documents (separated by ---), and only one is allowed here',
  MULTIPLE_TAGS: 'a value can have only one tag (!name)',
  NON_STRING_KEY: 'the name of a field must be a text',
  RESOURCE_EXHAUSTION: 'is nested too deeply',
  TAB_AS_INDENT: 'is indented with a tab: use spaces',
  TAG_RESOLVE_FAILED: 'unknown tag: put the value in quotes if ! belongs to it',
  UNEXPECTED_TOKEN: 'is not expected here: check the indentation, quotes and brackets before it',
};

/** Returns the sentence for an error of the parser. */
export function yamlProblem({ code, message, pos: [offset] }: YAMLError, source: string): string {
  const written = source.slice(offset, offset + 80);
  if (code === 'DUPLICATE_KEY')
    return `${SENTENCES[code]} ${/^["']?([^\s"':,}]+)/.exec(written)?.[1] ?? ''}`.trimEnd();
  if (code === 'BAD_SCALAR_START') return SENTENCES[code].replace('this character', written.charAt(0));
  if (code === 'MISSING_CHAR' && message.includes('quote')) return 'a quote is not closed';
  return SENTENCES[code];
}

/**
 * Returns everything that keeps a parsed text from being read, in order, at most one fault per line: an error of syntax is followed by others that it
 * causes. Unknown tags and anchors count, because the parser would otherwise only warn of them, or throw later.
 */
export function yamlFaults(document: Document, source: string): YamlFault[] {
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    problem: yamlProblem(error, source),
  }));
  if (document.errors.length === 0)
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document) === undefined)
          faults.push({
            offset: alias.range?.[0] ?? 0,
            problem: `no anchor &${alias.source} comes before it`,
          });
      },
    });
  faults.sort((one, other) => one.offset - other.offset);
  const lines = new Set<number>();
  return faults.filter(({ offset }) => {
    const line = source.lastIndexOf('\n', offset - 1);
    return !lines.has(line) && lines.add(line);
  });
}

/** Returns the sentence for an error that the parser throws when it makes values of a text that has no faults. */
export function yamlValueProblem(error: unknown): string {
  if (/unresolved/i.test(String(error))) return 'an alias (*name) has no anchor (&name) before it';
  return /merge/i.test(String(error))
    ? '<< must refer to a map, or to a list of maps'
    : 'its aliases (*name) expand to far more than the text';
}
