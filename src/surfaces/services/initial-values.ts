import { shellQuoted } from '#agents/platform/shell-quote.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  deploymentKeyOf,
  mountedVolumes,
  serviceErrors,
  type Configuration,
} from '#domain/services/service/index.js';
import {
  initialVariables,
  type SetVariable,
  type TemplateVariable,
} from '#domain/services/template/index.js';
import { serviceVersions, type ServiceVersionDocument } from '#projections/services/service-versions.js';
import type { ServiceDocument } from '#projections/services/services.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { newestFirst, read } from '#src/http/index.js';
import { unpacked } from './configurations.js';
import { configView } from './service-view.js';
import type { ServicesSurface } from './surface.js';

/** How many versions are compared. */
const MAX_COMPARED = 100;

type Version = Pick<Configuration, 'sealed' | 'work'>;

/**
 * Checks that a version has no value that its volume keeps from being in force, such as another password of a database. Variables that are `initial`
 * keep the values of the version before, `former`, or those of restored content, once a volume has been on a node. For a volume that is attached, generated values are none of its
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
  const valuesOf = async (version: Pick<Version, 'sealed'> | undefined): Promise<readonly SetVariable[]> =>
    (await surface.configurations.open(version?.sealed)).variables ?? [];
  const known = stays ? await valuesOf(former) : [];
  const restored = stays ? await valuesOf(await versionInForce(surface, former)) : [];
  const wrong = marked.filter(({ name }) => {
    const is = variables.find((each) => each.name === name);
    const was = known.find((each) => each.name === name);
    if (was === undefined) return is?.from === 'generated';
    return (
      is?.value !== was.value && restored.every((each) => each.name !== name || each.value !== is?.value)
    );
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

/** Variables whose values may not be those that the content of the volume has. */
export interface DoubtfulValues {
  readonly names: readonly string[];
  /** The version whose values the content has. Absent if it is not known which archive was restored. */
  readonly version?: number;
}

/**
 * Returns the `initial` variables of a service whose values are not those that the restored content of its volume has. If it is not known which archive
 * was restored, these are all variables of which versions of the service have different values.
 */
export async function doubtfulValues(
  surface: ServicesSurface,
  serviceId: string,
  newest: Version | undefined,
): Promise<DoubtfulValues> {
  const none: DoubtfulValues = { names: [] };
  if (newest === undefined || (await restoredVolume(surface, newest)) === undefined) return none;
  const { template, variables = [] } = await surface.configurations.open(newest.sealed);
  const marked = template === undefined ? [] : initialVariables(unpacked(template));
  if (marked.length === 0) return none;
  const inForce = await versionInForce(surface, newest);
  const doubtful = new Set<string>();
  for await (const former of inForce === undefined ? versionsOf(surface, serviceId) : [inForce]) {
    const { variables: before = [] } = await surface.configurations.open(former.sealed);
    for (const { name, value } of before)
      if (marked.some((each) => each.name === name) && differs(variables, name, value)) doubtful.add(name);
  }
  return { names: [...doubtful].sort(), ...(inForce !== undefined && { version: inForce.version }) };
}

/** The fields of a response that say so. */
export function viewDoubtful({ names, version }: DoubtfulValues) {
  return names.length === 0
    ? {}
    : {
        values_may_differ: [...names],
        ...(version !== undefined && { values_of_version: version }),
      };
}

/** Returns the version whose values restored content has. Undefined if the content was not restored, or the version is not known. */
async function versionInForce(
  surface: ServicesSurface,
  newest: Version | undefined,
): Promise<ServiceVersionDocument | undefined> {
  const { serviceId, valuesOf } = (newest && (await restoredVolume(surface, newest))) ?? {};
  if (serviceId === undefined || valuesOf === undefined) return undefined;
  const key = deploymentKeyOf(serviceId, valuesOf);
  const stored = await surface.parts.readModels.get(serviceVersions.name, key);
  return stored && read<ServiceVersionDocument>(stored);
}

/** The newest versions of a service, newest first. */
async function* versionsOf(
  { parts: { readModels } }: ServicesSurface,
  serviceId: string,
): AsyncGenerator<ServiceVersionDocument> {
  const ofService = { index: 'service', value: serviceId };
  for await (const stored of newestFirst(readModels, serviceVersions.name, ofService, MAX_COMPARED))
    yield read<ServiceVersionDocument>(stored);
}

function differs(variables: readonly SetVariable[], name: string, value: string): boolean {
  return variables.some((each) => each.name === name && each.value !== value);
}

async function restoredVolume(
  { parts }: ServicesSurface,
  version: Version,
): Promise<VolumeDocument | undefined> {
  for (const name of mountedVolumes(version)) {
    const stored = await parts.readModels.get(volumeModel.name, name);
    const volume = stored && read<VolumeDocument>(stored);
    if (volume?.restored === true) return volume;
  }
  return undefined;
}

/**
 * Returns a former version with the values of its `initial` variables that are in force. They belong to the content of the volume and not to the
 * version, so they are those of the newest version or of restored content, if the newest version mounts a volume of the former one. `kept` names the
 * variables that have other values for this reason.
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
  const inForce = isShared ? ((await versionInForce(surface, newest)) ?? newest) : undefined;
  const { variables = [] } = inForce === undefined ? {} : await surface.configurations.open(inForce.sealed);
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
 * Returns what a rollback to a former version deploys. It keeps the values that are in force, unless `force` is set, or unless the content was restored
 * from an archive that is not known: then the version is the one whose values the content has. Throws `MUSTER_E_SERVICE_INITIAL_VALUE`.
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
  const { names, version } = await doubtfulValues(surface, service.serviceId, newest);
  if (force || (names.length > 0 && version === undefined)) return { configuration: former, kept: [] };
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
