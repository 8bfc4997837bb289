import { randomBytes } from 'node:crypto';
import { canonicalJson } from '#domain/canonical.js';
import { MusterError } from '#domain/errors/index.js';
import type { Task } from '#domain/job/specification.js';
import { tenantSubject } from '#domain/sealing/index.js';
import { configProblem, storedOf, workOf, type Configuration, type ServiceConfig } from '#domain/service/index.js';
import { serviceTemplates, templateIdOf, templateOfJobFile, type ServiceTemplateContent, type SetVariable } from '#domain/service-template/index.js';
import type { Identity } from '#src/accounts/index.js';
import type { CommandExecutor } from '#src/engine/commands/index.js';
import { sealEnvironment, withoutSecretWords, type Sealer } from '#src/engine/sealing/index.js';
import { MASK } from '#src/surfaces/kit/index.js';
import { composed } from './composed.js';

/** What of a version is secret, sealed together. */
export interface SecretPart {
  /** The text of a job file that was sent with the configuration: it may name passwords, as `env` of the file does. */
  readonly nomad_job_file?: string;
  /** As it was sent. */
  readonly environment?: ServiceConfig['environment'];
  readonly custom_variables?: ServiceConfig['custom_variables'];
  /** Those of its template, as they are set. */
  readonly variables?: readonly SetVariable[];
  /** With `{{ENDPOINT}}` where its address comes. */
  readonly connection?: string | undefined;
}
const PURPOSE = 'service';
/** Bytes of a version as JSON, before what is secret is sealed: sealed it still fits one append. */
const MAX_CONFIGURATION_BYTES = 98_304;

/** Whose version it is. */
interface Owner {
  readonly tenantId: string;
  readonly serviceId: string;
  /** Of who asks. */
  readonly role: string;
  /** What is secret of its newest version: what can be generated stays as it was. */
  readonly former?: string | undefined;
}

interface Parts {
  readonly identity: Pick<Identity, 'root' | 'sealer'>;
  readonly executor: Pick<CommandExecutor, 'load'>;
}

/** Makes versions of what is sent: rendered, compiled into what an instance is, and what is secret sealed for the tenant. */
export class Configurations {
  constructor(private readonly parts: Parts) {}

  /** Errors: `MUSTER_E_INVALID`, which names the field; those of a template's variables. */
  async of({ tenantId, serviceId, role, former }: Owner, sent: ServiceConfig): Promise<Configuration> {
    const { root, sealer } = this.parts.identity;
    const before = Object.fromEntries(((await this.open(former)).variables ?? []).map(({ name, value }) => [name, value]));
    const whole = await composed(sent, { template: async (name) => await this.#template(name, role), before, random: randomBytes });
    const { environment, image, ...open } = whole.config;
    if (image === undefined) throw new MusterError('MUSTER_E_INVALID', { field: 'config.image', problem: 'is needed, or config.nomad_job_file' });
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
      throw new MusterError('MUSTER_E_INVALID', { field: 'config', problem: `comes to more than ${MAX_CONFIGURATION_BYTES} bytes` });
    const subject = tenantSubject(tenantId);
    const work = workOf(serviceId, { ...open, image }, undefined);
    const secrets = isText ? undefined : secretTextsOf(secret, 'variables');
    const isSecret = (word: string): boolean => secrets === undefined || secrets.some((text) => word.includes(text));
    const tasks = await Promise.all(work.tasks.map(async (each) => await sealed(sealer, subject, withoutSecretWords(each, isSecret), environment)));
    return {
      // An image is stored as what it came to: events hold only valid references.
      config: storedOf({ ...sent, ...(sent.image !== undefined && { image }), ...(isText && { nomad_job_file: MASK }) }),
      // What was generated is no part of it: it stays the same over all versions.
      digest: root.digest('configurations', canonicalJson([sent, open, image, environment])).toString('hex'),
      ...(Object.keys(secret).length > 0 && { sealed: await sealer.seal(subject, PURPOSE, JSON.stringify(secret)) }),
      ...(whole.template !== undefined && { template: whole.template }),
      work: { ...work, tasks },
    };
  }

  /** What of a version is secret; empty where its key is gone. */
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

/** Texts of a version that nobody is to see, wherever a template has put them. The longest come first, as one may hold another. */
export function secretTextsOf({ environment = {}, custom_variables: given = {}, variables = [] }: SecretPart, of: 'all' | 'variables' = 'all'): string[] {
  const ofTemplate = variables.filter(({ secret, from }) => secret || from === 'given' || from === 'generated').map(({ value }) => value);
  const texts = [...(of === 'all' ? Object.values(environment) : []), ...Object.values(given).map(String), ...ofTemplate];
  return [...new Set(texts)].filter((text) => text !== '').sort((one, other) => other.length - one.length);
}

/** A task with its environment and its secret words sealed together. */
async function sealed(
  sealer: Sealer,
  subject: string,
  { task, words }: ReturnType<typeof withoutSecretWords>,
  env: ServiceConfig['environment'],
): Promise<Task> {
  if (env === undefined && Object.keys(words).length === 0) return task;
  return { ...task, sealed_env: await sealEnvironment(sealer, subject, { ...env, ...words }) };
}
