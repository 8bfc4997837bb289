import { isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import { condaSpec, pipRequirement } from '#domain/drivers/conda/index.js';
import { MAX_SPECS } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';

export const MAX_FILE = 65_536;

/** conda's entry that disables default channels. */
const NO_DEFAULTS = 'nodefaults';

/** Schema of an `environment.yml`. `name` and `prefix` are ignored. */
const environmentFile = z.strictObject({
  name: z.unknown().optional(),
  prefix: z.unknown().optional(),
  channels: z.array(z.string().min(1).max(1024)).max(17).optional(),
  dependencies: z
    .array(z.union([condaSpec, z.strictObject({ pip: z.array(pipRequirement).max(MAX_SPECS) })]))
    .max(MAX_SPECS),
});

const MAX_LINES = 1200;
const MAX_LINE = 1024;
/** A file with more keys violates the schema anyway. */
const MAX_KEYS = 16;
const MAX_INDENT = 40;
const MAX_BRACKETS = 600;
/** Collections, tags and anchors that start on one line. */
const MAX_OPENED = 4;

/**
 * Explains why a text is too complex to parse in the main thread. The parser takes seconds for some texts of 64 kB and crashes at 32,000 brackets,
 * because it recurses at each level and looks back at each one. This only counts characters, including those in quotes and comments.
 */
function tooIntricate(text: string): string | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > MAX_LINES) return `has more than ${MAX_LINES} lines`;
  let brackets = 0;
  for (const [index, line] of lines.entries()) {
    const at = `line ${index + 1}`;
    if (line.length > MAX_LINE) return `${at} has more than ${MAX_LINE} characters`;
    const rest = line.trimStart();
    if (line.length - rest.length > MAX_INDENT)
      return `${at} is indented by more than ${MAX_INDENT} characters`;
    brackets += count(rest, '[') + count(rest, '{');
    if (brackets > MAX_BRACKETS) return `has more than ${MAX_BRACKETS} brackets`;
    if (
      rest.split(/\s+/, MAX_OPENED + 1).every((word) => /^[-?:]$|^[&!*]/.test(word)) &&
      rest.split(/\s+/).length > MAX_OPENED
    )
      return `${at} opens too much`;
  }
  return undefined;
}

/** Only the outermost object may have more than one key. */
function repeatedKey(contents: unknown): string | undefined {
  const keys = isMap(contents) ? contents.items.map(({ key }) => String(key)) : [];
  return keys.find((key, index) => keys.indexOf(key) !== index && index < MAX_KEYS);
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}

/** Parses an `environment.yml`. Throws `MUSTER_E_INVALID`, with line and column for invalid YAML. */
export function readEnvironmentFile(text: string): {
  readonly specs: string[];
  readonly pip: string[];
  readonly channels?: string[];
} {
  const problem = tooIntricate(text);
  if (problem !== undefined) throw invalid(problem);
  // The parser compares each key with all others.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw invalid(error.message.split('\n')[0] ?? 'is no YAML');
  const twice = repeatedKey(document.contents);
  if (twice !== undefined) throw invalid(`${twice} stands there twice`);
  const parsed = environmentFile.safeParse(valueOf(document));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { channels, dependencies } = parsed.data;
  const named = channels?.filter((channel) => channel !== NO_DEFAULTS);
  return {
    specs: dependencies.flatMap((each) => (typeof each === 'string' ? [each] : [])),
    pip: dependencies.flatMap((each) => (typeof each === 'string' ? [] : each.pip)),
    ...(named !== undefined && named.length > 0 && { channels: named }),
  };
}

/** The parser limits the expansion of aliases. */
function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}

function invalid(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: 'environment_yml', problem });
}
