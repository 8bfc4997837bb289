import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Task, TaskGroup } from '#domain/jobs/job/specification.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  configProblem,
  referencesIn,
  SEALED_FOR_SERVICE,
  storedOf,
  workOf,
  type Configuration,
  type ServiceConfig,
  type ServiceVersion,
  type StoredConfig,
} from '#domain/services/service/index.js';
import {
  serviceTemplates,
  templateIdOf,
  templateOfJobFile,
  type ServiceTemplateContent,
  type SetVariable,
} from '#domain/services/template/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Identity } from '#src/accounts/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import { openGroup, sealEnvironment, withoutSecretWords } from '#src/fleet/sealed-environments/index.js';
import { serviceCalled } from '#src/fleet/nodes/index.js';
import { MASK } from '#src/http/index.js';
import { resolveConfig, type UsedTemplate } from './resolve-config.js';

export interface SecretPart {
  readonly nomad_job_file?: string;
  readonly environment?: ServiceConfig['environment'];
  readonly custom_variables?: ServiceConfig['custom_variables'];
  readonly variables?: readonly SetVariable[];
  readonly connection?: string | undefined;
  /** The template as this version used it ({@link UsedTemplate}), as deflated JSON in base64. */
  readonly template?: string;
}

/** What a version contains, opened. */
export interface VersionContent {
  readonly config: StoredConfig;
  readonly secret: SecretPart;
  readonly work: TaskGroup;
  readonly inherited?: ServiceVersion['inherited'];
}

/** Maximum size of a version as JSON before sealing, in bytes. The sealed form then fits into one append. */
const MAX_CONFIGURATION_BYTES = 98_304;

export interface ConfigurationOwner {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly role: string;
  /** The sealed part of the previous version. */
  readonly former?: string | undefined;
  /** Use the template as it is now. Default: as the previous version used it, if it used the same one. */
  readonly upgrade?: boolean | undefined;
}

interface Parts {
  readonly identity: Pick<Identity, 'root' | 'sealer'>;
  readonly executor: Pick<CommandExecutor, 'load'>;
}

/** Creates versions from requests: renders a request, compiles it into a task group, and seals its secrets for the tenant. */
export class Configurations {
  constructor(private readonly parts: Parts) {}

  /** Throws `MUSTER_E_INVALID`, which names the field, and the errors of a template's variables. */
  async of(
    { tenantId, serviceId, role, former, upgrade = false }: ConfigurationOwner,
    sent: ServiceConfig,
  ): Promise<Configuration> {
    const { root, sealer } = this.parts.identity;
    const previous = await this.open(former);
    const before = Object.fromEntries((previous.variables ?? []).map(({ name, value }) => [name, value]));
    const used = upgrade || previous.template === undefined ? undefined : unpacked(previous.template);
    const whole = await resolveConfig(sent, {
      template: async (name, file) => (used?.file === file ? used : await this.#template(name, role)),
      before,
      random: randomBytes,
    });
    const { environment, image, ...open } = whole.config;
    if (image === undefined)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config.image',
        problem: 'is required, unless config.nomad_job_file is set',
      });
    const problem = configProblem(whole.config);
    if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { ...problem });
    await this.#checkReferences(tenantId, environment);
    const file = sent.nomad_job_file;
    const isText = file !== undefined && templateOfJobFile(file) === undefined;
    const secret: SecretPart = {
      ...(isText && { nomad_job_file: file }),
      ...(sent.environment && { environment: sent.environment }),
      ...(sent.custom_variables && { custom_variables: sent.custom_variables }),
      ...(whole.variables.length > 0 && { variables: whole.variables }),
      ...(whole.connection !== undefined && { connection: whole.connection }),
      ...(whole.template !== undefined && { template: packed(whole.template) }),
    };
    const { template: _template, ...rendered } = whole;
    if (Buffer.byteLength(JSON.stringify([sent, rendered, secret.template])) > MAX_CONFIGURATION_BYTES)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config',
        problem: `is larger than ${MAX_CONFIGURATION_BYTES} bytes`,
      });
    const subject = tenantSubject(tenantId);
    const work = workOf(serviceId, { ...open, image }, undefined);
    const secrets = isText ? undefined : secretTextsOf(secret, 'variables');
    const isSecret = (word: string): boolean =>
      secrets === undefined || secrets.some((text) => word.includes(text));
    const tasks = await Promise.all(
      work.tasks.map(
        async (each) => await sealed(sealer, subject, withoutSecretWords(each, isSecret), environment),
      ),
    );
    return {
      config: storedOf({
        ...sent,
        ...(sent.image !== undefined && { image }),
        ...(isText && { nomad_job_file: MASK }),
      }),
      digest: root.digest('configurations', canonicalJson([sent, open, image, environment])).toString('hex'),
      ...(Object.keys(secret).length > 0 && {
        sealed: await sealer.seal(subject, SEALED_FOR_SERVICE, JSON.stringify(secret)),
      }),
      ...(whole.template !== undefined && { template: whole.template.name }),
      work: { ...work, tasks },
      ...inheritedBy(sent, whole.config),
    };
  }

  async open(sealed: string | undefined): Promise<SecretPart> {
    const text =
      sealed === undefined ? undefined : await this.parts.identity.sealer.open(sealed, SEALED_FOR_SERVICE);
    return text === undefined ? {} : (JSON.parse(text) as SecretPart);
  }

  /** Opens what a version contains. */
  async contentOf({
    config,
    sealed,
    work,
    inherited,
  }: Pick<ServiceVersion, 'config' | 'sealed' | 'work' | 'inherited'>): Promise<VersionContent> {
    const { sealer } = this.parts.identity;
    return {
      config,
      secret: await this.open(sealed),
      work: await openGroup(sealer, work),
      ...(inherited !== undefined && { inherited }),
    };
  }

  /** Refuses references to services that do not exist. An address is known only when a task is sent to its node. */
  async #checkReferences(tenantId: string, environment: ServiceConfig['environment'] = {}): Promise<void> {
    for (const [name, text] of Object.entries(environment))
      for (const reference of referencesIn(text)) {
        const found =
          'problem' in reference
            ? reference
            : await serviceCalled(this.parts.executor, tenantId, reference.service);
        if ('problem' in found)
          throw new MusterError('MUSTER_E_INVALID', {
            field: `config.environment.${name}`,
            problem: found.problem,
          });
      }
  }

  async #template(name: string, role: string): Promise<ServiceTemplateContent | undefined> {
    const state = await this.parts.executor.load(serviceTemplates, templateIdOf(name));
    if (state.kind !== 'present') return undefined;
    return state.content.isPublic || role === 'admin' ? state.content : undefined;
  }
}

/** Returns what a template or job file says about the instances, where the request is silent. */
function inheritedBy(
  sent: ServiceConfig,
  { count, update }: ServiceConfig,
): Pick<ServiceVersion, 'inherited'> {
  const inherited = {
    ...(sent.count === undefined && count !== undefined && { count }),
    ...(sent.update === undefined && update !== undefined && { update }),
  };
  return Object.keys(inherited).length > 0 ? { inherited } : {};
}

/** A template may be as large as a version may be, and its text repeats itself. */
function packed(template: UsedTemplate): string {
  return deflateRawSync(JSON.stringify(template)).toString('base64');
}

export function unpacked(text: string): UsedTemplate {
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString()) as UsedTemplate;
}

/** Returns the strings to mask wherever a template has put them. Longer ones come first, since one may contain another. */
export function secretTextsOf(
  { environment = {}, custom_variables: given = {}, variables = [] }: SecretPart,
  of: 'all' | 'variables' = 'all',
): string[] {
  const ofTemplate = variables
    .filter(({ secret, from }) => secret || from === 'given' || from === 'generated')
    .map(({ value }) => value);
  const texts = [
    ...(of === 'all' ? Object.values(environment) : []),
    ...Object.values(given).map(String),
    ...ofTemplate,
  ];
  return [...new Set(texts)].filter((text) => text !== '').sort((one, other) => other.length - one.length);
}

async function sealed(
  sealer: Sealer,
  subject: string,
  { task, words }: ReturnType<typeof withoutSecretWords>,
  env: ServiceConfig['environment'],
): Promise<Task> {
  if (env === undefined && Object.keys(words).length === 0) return task;
  return { ...task, sealed_env: await sealEnvironment(sealer, subject, { ...env, ...words }) };
}
