import type { z } from 'zod';
import { contractGroupOf } from '#domain/protocol/index.js';
import type { DryRun } from '#domain/scheduling/index.js';
import { deploymentJobOf, type ServicePreview } from '#domain/service/index.js';
import { MASK, viewDryRun, withoutNodeNames, type Difference } from '#src/surfaces/kit/index.js';
import type { SecretPart } from './configurations.js';
import type { previewView } from './contract/preview.js';

interface Told {
  readonly preview: ServicePreview;
  readonly changes: readonly Difference[];
  /** Of the version that would run. */
  readonly secret: SecretPart;
  /** Names of the environment that its instances are given. */
  readonly environment: readonly string[];
  readonly run: DryRun;
  readonly serviceId: string;
  /** Whether who asks may know what nodes are called. */
  readonly namesNodes: boolean;
}

export function viewPreview({ preview, changes, secret, environment, run, serviceId, namesNodes }: Told): z.input<typeof previewView> {
  const { action, version, deployment, running } = preview;
  const { plan, instances } = deployment.standing;
  const secrets = secretTextsOf(secret);
  const group = contractGroupOf(version.work);
  const env = environment.length === 0 ? {} : { env: Object.fromEntries(environment.map((name) => [name, MASK])) };
  return {
    ...{ action, version: version.version, compared_with: running?.version ?? null, changes: [...changes] },
    job_id: deploymentJobOf(serviceId, deployment.number),
    rendered: { ...group, count: plan.count, tasks: group.tasks.map((task) => ({ ...withoutSecrets(task, secrets), ...env })) },
    rollout: { count: plan.count, first: instances, stops_first: plan.stopFirst },
    groups: namesNodes ? viewDryRun(run) : withoutNodeNames(viewDryRun(run)),
  };
}

/** Texts that nobody is to see: a template may have put them anywhere. The longest first, as one may hold another. */
function secretTextsOf({ environment = {}, custom_variables: given = {}, variables = [] }: SecretPart): string[] {
  const ofTemplate = variables.filter(({ secret, from }) => secret || from === 'given' || from === 'generated').map(({ value }) => value);
  const texts = [...Object.values(environment), ...Object.values(given).map(String), ...ofTemplate];
  return [...new Set(texts)].filter((text) => text !== '').sort((one, other) => other.length - one.length);
}

/** The same with `***` for each of them, wherever it stands in a text. Names of fields are ours. */
function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  if (typeof value === 'string') return secrets.reduce((text: string, secret) => text.replaceAll(secret, MASK), value) as Value;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each, secrets)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutSecrets(each as unknown, secrets)])) as Value;
}
