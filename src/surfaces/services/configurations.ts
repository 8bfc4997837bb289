import { randomBytes } from 'node:crypto';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Task } from '#domain/jobs/job/specification.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  configProblem,
  storedOf,
  workOf,
  type Configuration,
  type ServiceConfig,
} from '#domain/services/service/index.js';
import {
  serviceTemplates,
  templateIdOf,
  templateOfJobFile,
  type ServiceTemplateContent,
  type SetVariable,
} from '#domain/services/template/index.js';
import type { Identity } from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import { sealEnvironment, withoutSecretWords, type Sealer } from '#src/engine/sealing/index.js';
import { MASK } from '#src/surfaces/kit/index.js';
import { resolveConfig } from './resolve-config.js';

export interface SecretPart {
  /** Text of a job file in the request, which may contain passwords, for example in `env`. */
  readonly nomad_job_file?: string;
  readonly environment?: ServiceConfig['environment'];
  readonly custom_variables?: ServiceConfig['custom_variables'];
  readonly variables?: readonly SetVariable[];
  readonly connection?: string | undefined;
}
const PURPOSE = 'service';
/** Limit of a version as JSON before sealing, so that the sealed form fits into one append. */
const MAX_CONFIGURATION_BYTES = 98_304;

interface Owner {
  readonly tenantId: string;
  readonly serviceId: string;
  readonly role: string;
  /** Sealed secrets of the newest version: generated values are reused. */
  readonly former?: string | undefined;
}

interface Parts {
  readonly identity: Pick<Identity, 'root' | 'sealer'>;
  readonly executor: Pick<CommandExecutor, 'load'>;
}

/** Creates versions of requests: renders them, compiles them into a task group, and seals secrets for the tenant. */
export class Configurations {
  constructor(private readonly parts: Parts) {}

  /** Errors: `MUSTER_E_INVALID`, which names the field; those of a template's variables. */
  async of({ tenantId, serviceId, role, former }: Owner, sent: ServiceConfig): Promise<Configuration> {
    const { root, sealer } = this.parts.identity;
    const before = Object.fromEntries(
      ((await this.open(former)).variables ?? []).map(({ name, value }) => [name, value]),
    );
    const whole = await resolveConfig(sent, {
      template: async (name) => await this.#template(name, role),
      before,
      random: randomBytes,
    });
    const { environment, image, ...open } = whole.config;
    if (image === undefined)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config.image',
        problem: 'is needed, or config.nomad_job_file',
      });
    const problem = configProblem(whole.config);
    if (problem !== undefined) throw new MusterError('MUSTER_E_INVALID', { ...problem });
    const file = sent.nomad_job_file;
    const isText = file !== undefined && templateOfJobFile(file) === undefined;
    const secret: SecretPart = {
      ...(isText && { nomad_job_file: file }),
      ...(sent.environment && { environment: sent.environment }),
      ...(sent.custom_variables && { custom_variables: sent.custom_variables }),
      ...(whole.variables.length > 0 && { variables: whole.variables }),
      ...(whole.connection !== undefined && { connection: whole.connection }),
    };
    if (Buffer.byteLength(JSON.stringify([sent, whole])) > MAX_CONFIGURATION_BYTES)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config',
        problem: `comes to more than ${MAX_CONFIGURATION_BYTES} bytes`,
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
      // The resolved image is stored, because events contain only valid references.
      config: storedOf({
        ...sent,
        ...(sent.image !== undefined && { image }),
        ...(isText && { nomad_job_file: MASK }),
      }),
      // Generated values are excluded, since they are the same in all versions.
      digest: root.digest('configurations', canonicalJson([sent, open, image, environment])).toString('hex'),
      ...(Object.keys(secret).length > 0 && {
        sealed: await sealer.seal(subject, PURPOSE, JSON.stringify(secret)),
      }),
      ...(whole.template !== undefined && { template: whole.template }),
      work: { ...work, tasks },
    };
  }

  /** Returns the secret parts of a version; empty if the key is gone. */
  async open(sealed: string | undefined): Promise<SecretPart> {
    const text = sealed === undefined ? undefined : await this.parts.identity.sealer.open(sealed, PURPOSE);
    return text === undefined ? {} : (JSON.parse(text) as SecretPart);
  }

  async #template(name: string, role: string): Promise<ServiceTemplateContent | undefined> {
    const state = await this.parts.executor.load(serviceTemplates, templateIdOf(name));
    if (state.kind !== 'present') return undefined;
    return state.content.isPublic || role === 'admin' ? state.content : undefined;
  }
}

/** Returns texts to mask wherever a template has put them. Longer ones come first, since one may contain another. */
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

/** Seals a task's environment together with its secret words. */
async function sealed(
  sealer: Sealer,
  subject: string,
  { task, words }: ReturnType<typeof withoutSecretWords>,
  env: ServiceConfig['environment'],
): Promise<Task> {
  if (env === undefined && Object.keys(words).length === 0) return task;
  return { ...task, sealed_env: await sealEnvironment(sealer, subject, { ...env, ...words }) };
}
