import { shellQuoted } from '#agents/platform/shell-quote.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { mountedVolumes, serviceErrors, type Configuration } from '#domain/services/service/index.js';
import { initialVariables, type TemplateVariable } from '#domain/services/template/index.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import { read } from '#src/surfaces/kit/index.js';
import { unpacked } from './configurations.js';
import type { ServicesSurface } from './surface.js';

type Version = Pick<Configuration, 'sealed' | 'work'>;

/**
 * Checks that a version has no value that its volume keeps from being in force, such as another password of a database. Variables that are `initial`
 * keep the values of the version before, `former`, once a volume has been on a node. For a volume that is attached, generated values are none of its
 * data. Throws `MUSTER_E_SERVICE_INITIAL_VALUE`.
 */
export async function checkInitialValues(
  surface: ServicesSurface,
  service: { readonly name: string },
  configuration: Version,
  former: Version | undefined,
): Promise<void> {
  const { template, variables = [] } = await surface.configurations.open(configuration.sealed);
  const marked = template === undefined ? [] : initialVariables(unpacked(template));
  if (marked.length === 0) return;
  const used = await usedVolumes(surface, configuration);
  const before = former === undefined ? [] : mountedVolumes(former);
  const volume = used.find((each) => before.includes(each)) ?? used[0];
  if (volume === undefined) return;
  const stays = before.includes(volume);
  const known = stays ? ((await surface.configurations.open(former?.sealed)).variables ?? []) : [];
  const wrong = marked.filter(({ name }) => {
    const is = variables.find((each) => each.name === name);
    const was = known.find((each) => each.name === name);
    return was === undefined ? is?.from === 'generated' : is?.value !== was.value;
  });
  if (wrong.length === 0) return;
  throw new MusterError(serviceErrors.MUSTER_E_SERVICE_INITIAL_VALUE, {
    names: wrong.map(({ name }) => name).join(', '),
    volume,
    advice:
      known.length > 0
        ? adviceOnChange(service.name, wrong)
        : 'Set the value with which the data was created.',
  });
}

function adviceOnChange(service: string, wrong: readonly TemplateVariable[]): string {
  if (wrong.every(({ rotate }) => rotate !== undefined))
    return `Keep the value, or change it with: ${wrong.map(({ name }) => `muster service rotate ${shellQuoted(service)} ${name}`).join('; ')}`;
  const how = wrong.flatMap(({ change }) => change ?? []).join('; ');
  return `Keep the value, or change it in the program first${how === '' ? '' : ` (${how})`}, and pass force.`;
}

/** Returns the mounted volumes that have been on a node, where a program may have written to them. */
async function usedVolumes({ parts }: ServicesSurface, configuration: Version): Promise<readonly string[]> {
  const used: string[] = [];
  for (const name of mountedVolumes(configuration)) {
    const stored = await parts.readModels.get(volumeModel.name, name);
    if (stored !== undefined && read<VolumeDocument>(stored).node !== null) used.push(name);
  }
  return used;
}
