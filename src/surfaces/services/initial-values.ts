import { shellQuoted } from '#agents/platform/shell-quote.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { mountedVolumes, serviceErrors, type Configuration } from '#domain/services/service/index.js';
import {
  initialVariables,
  type SetVariable,
  type TemplateVariable,
} from '#domain/services/template/index.js';
import { serviceVersions, type ServiceVersionDocument } from '#projections/services/service-versions.js';
import type { ServiceDocument } from '#projections/services/services.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { newestFirst, read } from '#src/surfaces/kit/index.js';
import { unpacked } from './configurations.js';
import { configView } from './service-view.js';
import type { ServicesSurface } from './surface.js';

/** How many versions are compared. */
const MAX_COMPARED = 100;

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

/**
 * Returns the `initial` variables of a service whose values may not be those that the content of its volume has: it was restored, maybe from a backup
 * that was made before a value was changed, and versions of the service have different values of them.
 */
export async function doubtfulValues(
  surface: ServicesSurface,
  serviceId: string,
  newest: Version | undefined,
): Promise<readonly string[]> {
  if (newest === undefined || !(await isRestored(surface, newest))) return [];
  const { template, variables = [] } = await surface.configurations.open(newest.sealed);
  const marked = template === undefined ? [] : initialVariables(unpacked(template));
  if (marked.length === 0) return [];
  const doubtful = new Set<string>();
  const ofService = { index: 'service', value: serviceId };
  const { readModels } = surface.parts;
  for await (const stored of newestFirst(readModels, serviceVersions.name, ofService, MAX_COMPARED)) {
    const former = await surface.configurations.open(read<ServiceVersionDocument>(stored).sealed);
    for (const { name, value } of former.variables ?? [])
      if (marked.some((each) => each.name === name) && differs(variables, name, value)) doubtful.add(name);
  }
  return [...doubtful].sort();
}

function differs(variables: readonly SetVariable[], name: string, value: string): boolean {
  return variables.some((each) => each.name === name && each.value !== value);
}

async function isRestored({ parts }: ServicesSurface, version: Version): Promise<boolean> {
  for (const name of mountedVolumes(version)) {
    const stored = await parts.readModels.get(volumeModel.name, name);
    if (stored !== undefined && read<VolumeDocument>(stored).restored === true) return true;
  }
  return false;
}

/**
 * Returns a former version with the values of its `initial` variables that are in force. They belong to the content of the volume and not to the
 * version, so they are those of the newest version, if it mounts a volume of the former one. `kept` names the variables that have other values for
 * this reason.
 */
async function withValuesInForce(
  surface: ServicesSurface,
  account: UserPrincipal,
  { tenantId, serviceId }: Pick<ServiceDocument, 'tenantId' | 'serviceId'>,
  former: Configuration,
  newest: Version | undefined,
): Promise<{ readonly configuration: Configuration; readonly kept: readonly string[] }> {
  const secret = await surface.configurations.open(former.sealed);
  const marked = secret.template === undefined ? [] : initialVariables(unpacked(secret.template));
  const used = marked.length === 0 ? [] : await usedVolumes(surface, former);
  const isShared = newest !== undefined && mountedVolumes(newest).some((each) => used.includes(each));
  const { variables = [] } = isShared ? await surface.configurations.open(newest.sealed) : {};
  const kept = variables.filter(
    ({ name, value }) =>
      marked.some((each) => each.name === name) &&
      secret.variables?.some((each) => each.name === name && each.value !== value),
  );
  if (kept.length === 0) return { configuration: former, kept: [] };
  const sent = configView(former.config, secret);
  const values = Object.fromEntries(kept.map(({ name, value }) => [name, value]));
  const custom_variables = { ...sent.custom_variables, ...values };
  const owner = { tenantId, serviceId, former: former.sealed };
  const made = await surface.configurationOf(account, owner, { ...sent, custom_variables });
  const { imageDigest } = former;
  return {
    configuration: { ...made, ...(imageDigest !== undefined && { imageDigest }) },
    kept: kept.map(({ name }) => name),
  };
}

/**
 * Returns what a rollback to a former version deploys. It keeps the values that are in force, unless `force` is set, or unless the content was restored:
 * then the version is the one whose values the content has. Throws `MUSTER_E_SERVICE_INITIAL_VALUE`.
 */
export async function configurationToRollBack(
  surface: ServicesSurface,
  account: UserPrincipal,
  service: Pick<ServiceDocument, 'tenantId' | 'serviceId' | 'name'>,
  {
    former,
    newest,
    force,
  }: { readonly former: Configuration; readonly newest: Version | undefined; readonly force: boolean },
): Promise<{ readonly configuration: Configuration; readonly kept: readonly string[] }> {
  if (force || (await doubtfulValues(surface, service.serviceId, newest)).length > 0)
    return { configuration: former, kept: [] };
  const found = await withValuesInForce(surface, account, service, former, newest);
  await checkInitialValues(surface, service, found.configuration, newest);
  return found;
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
