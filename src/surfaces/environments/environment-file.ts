import { isMap, parseDocument } from 'yaml';
import { z } from 'zod';
import { condaSpec, pipRequirement } from '#domain/drivers/conda/index.js';
import { MAX_SPECS } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { tooIntricate, type YamlLimits } from '#src/engine/yaml-limits.js';

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

/** Parses an `environment.yml`. Throws `MUSTER_E_INVALID`, with line and column for invalid YAML. */
export function readEnvironmentFile(text: string): {
  readonly specs: string[];
  readonly pip: string[];
  readonly channels?: string[];
} {
  const refused = tooIntricate(text, LIMITS);
  if (refused !== undefined) throw invalid(refused.problem);
  // The parser's own check for unique keys compares each key with all others, so it is disabled and `repeatedKey` is used instead.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined) throw invalid(error.message.split('\n')[0] ?? 'is not valid YAML');
  const twice = repeatedKey(document.contents);
  if (twice !== undefined) throw invalid(`duplicate key: ${twice}`);
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
