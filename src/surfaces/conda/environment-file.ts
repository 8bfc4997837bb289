import { parseDocument } from 'yaml';
import { z } from 'zod';
import { condaSpec, pipRequirement } from '#domain/drivers/conda/index.js';
import { MAX_SPECS } from '#domain/environment/index.js';
import { MusterError } from '#domain/errors/index.js';

/** Characters of an `environment.yml`. */
export const MAX_FILE = 65_536;

/** What conda writes for "none but these". */
const NO_DEFAULTS = 'nodefaults';

/** What stands in an `environment.yml`. Its `name` and `prefix` say where it was, and count for nothing. */
const environmentFile = z.strictObject({
  name: z.unknown().optional(),
  prefix: z.unknown().optional(),
  channels: z.array(z.string().min(1).max(1024)).max(17).optional(),
  dependencies: z.array(z.union([condaSpec, z.strictObject({ pip: z.array(pipRequirement).max(MAX_SPECS) })])).max(MAX_SPECS),
});

/** What is asked for by an `environment.yml`, as conda writes it. Throws `MUSTER_E_INVALID`, with line and column where it is no YAML. */
export function readEnvironmentFile(text: string): { readonly specs: string[]; readonly pip: string[]; readonly channels?: string[] } {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw invalid(error.message.split('\n')[0] ?? 'is no YAML');
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

/** Aliases can say a thousand times what stands there once: the parser bounds them. */
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
