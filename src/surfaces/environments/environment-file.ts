import { isMap, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { condaSpec, pipRequirement } from '#domain/drivers/conda/index.js';
import { MAX_SPECS } from '#domain/environments/environment/index.js';
import { describeIssue, MusterError } from '#domain/kernel/errors/index.js';
import { tooIntricate, type YamlLimits, yamlProblem, yamlValueProblem } from '#src/features/yaml/index.js';

export const MAX_FILE = 65_536;

const NO_DEFAULTS = 'nodefaults';

export const environmentFile = z.strictObject({
  name: z.unknown().optional(),
  prefix: z.unknown().optional(),
  channels: z.array(z.string().min(1).max(1024)).max(17).optional(),
  dependencies: z
    .array(z.union([condaSpec, z.strictObject({ pip: z.array(pipRequirement).max(MAX_SPECS) })]))
    .max(MAX_SPECS),
});

const MAX_KEYS = 16;
const LIMITS: YamlLimits = { lines: 1200, lineLength: 1024, indent: 40, brackets: 600 };

function repeatedKey(contents: unknown): string | undefined {
  const keys = isMap(contents) ? contents.items.map(({ key }) => String(key)) : [];
  return keys.find((key, index) => keys.indexOf(key) !== index && index < MAX_KEYS);
}

const EXPLICIT = /^@EXPLICIT\s*$/m;
const EXPLICIT_PACKAGE =
  /^(\S+)\/[a-z0-9-]+\/([a-z0-9_][a-z0-9._-]*)-([^-/#\s]+)-([^-/#\s]+)\.(?:conda|tar\.bz2)(?:#\S*)?$/i;
const PIP_PACKAGE = /^# pip: (\S+)/;

/**
 * Parses conda's explicit list, also with the packages of pip that `explicitList` adds as comments. Each package is requested in exactly that version
 * and build.
 */
function readExplicitList(text: string): ReturnType<typeof readEnvironmentFile> {
  const [specs, pip, channels]: [string[], string[], Set<string>] = [[], [], new Set()];
  for (const [index, line] of text
    .split('\n')
    .map((each) => each.trim())
    .entries()) {
    const own = PIP_PACKAGE.exec(line)?.[1];
    if (own !== undefined) pip.push(own);
    if (line === '' || line.startsWith('#') || line.startsWith('@')) continue;
    const [, channel, name, version, build] = EXPLICIT_PACKAGE.exec(line) ?? [];
    if (channel === undefined) throw invalid(`line ${index + 1}: must be the URL of a conda package`);
    specs.push(`${name}==${version}=${build}`);
    channels.add(channel);
  }
  return checked({ dependencies: pip.length > 0 ? [...specs, { pip }] : specs, channels: [...channels] });
}

/** Parses an `environment.yml`, or conda's explicit list. Throws `MUSTER_E_INVALID`, with line and column for invalid YAML. */
export function readEnvironmentFile(text: string): {
  readonly specs: string[];
  readonly pip: string[];
  readonly channels?: string[];
} {
  if (EXPLICIT.test(text)) return readExplicitList(text);
  const refused = tooIntricate(text, LIMITS);
  if (refused !== undefined) throw invalid(refused.problem);
  // The parser's own check for unique keys compares each key with all others, so it is disabled and `repeatedKey` is used instead.
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error', lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw invalid(`line ${line}, column ${col}: ${yamlProblem(error, text)}`);
  }
  const twice = repeatedKey(document.contents);
  if (twice !== undefined) throw invalid(`duplicate key: ${twice}`);
  const value = valueOf(document);
  if (typeof value !== 'object' || value === null || !('dependencies' in value))
    throw invalid(NO_DEPENDENCIES);
  return checked(value);
}

const NO_DEPENDENCIES =
  "dependencies: is missing. The file must be an environment.yml, conda's explicit list (@EXPLICIT), or a lock that Muster exported; requirements of pip are requested separately (muster env create --pip)";

function checked(value: unknown): ReturnType<typeof readEnvironmentFile> {
  const parsed = environmentFile.safeParse(value);
  if (!parsed.success) {
    const { field, problem } = describeIssue(parsed.error.issues);
    throw invalid(field === undefined ? problem : `${field}: ${problem}`);
  }
  const { channels, dependencies } = parsed.data;
  const named = channels?.filter((channel) => channel !== NO_DEFAULTS);
  return {
    specs: dependencies.flatMap((each) => (typeof each === 'string' ? [each] : [])),
    pip: dependencies.flatMap((each) => (typeof each === 'string' ? [] : each.pip)),
    ...(named !== undefined && named.length > 0 && { channels: named }),
  };
}

function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(yamlValueProblem(error));
  }
}

function invalid(problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field: 'environment_yml', problem });
}
