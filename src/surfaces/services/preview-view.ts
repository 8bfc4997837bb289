import type { z } from 'zod';
import { contractGroupOf } from '#domain/protocol/index.js';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import type { DryRun } from '#domain/scheduling/index.js';
import { deploymentJobOf, type ServicePreview } from '#domain/services/service/index.js';
import { MASK, type Difference } from '#src/http/index.js';
import { viewDryRun, withoutNodeNames } from '#src/surfaces/dry-run.js';
import { secretTextsOf, type SecretPart } from './configurations.js';
import type { previewView } from './contract/preview.js';

interface PreviewInput {
  readonly preview: ServicePreview;
  readonly changes: readonly Difference[];
  readonly secret: SecretPart;
  readonly work: TaskGroup;
  readonly run: DryRun;
  readonly serviceId: string;
  readonly namesNodes: boolean;
}

export function viewPreview({
  preview,
  changes,
  secret,
  work,
  run,
  serviceId,
  namesNodes,
}: PreviewInput): z.input<typeof previewView> {
  const { action, version, deployment, running } = preview;
  const { plan, instances } = deployment.standing;
  const secrets = secretTextsOf(secret);
  const group = contractGroupOf(work);
  return {
    action,
    version: version.version,
    compared_with: running?.version ?? null,
    changes: [...changes],
    job_id: deploymentJobOf(serviceId, deployment.number),
    rendered: {
      ...group,
      count: plan.count,
      tasks: group.tasks.map((task) => withoutSecrets(masked(task), secrets)),
    },
    rollout: { count: plan.count, first: instances, stops_first: plan.stopFirst },
    groups: namesNodes ? viewDryRun(run) : withoutNodeNames(viewDryRun(run)),
  };
}

function masked<Shown extends { readonly env?: Readonly<Record<string, string>> | undefined }>({
  env = {},
  ...task
}: Shown) {
  const names = Object.keys(env);
  return { ...task, ...(names.length > 0 && { env: Object.fromEntries(names.map((name) => [name, MASK])) }) };
}

/** Masks secrets in all strings. Field names are never secret. */
export function withoutSecrets<Value>(value: Value, secrets: readonly string[]): Value {
  if (typeof value === 'string')
    return secrets.reduce((text: string, secret) => text.replaceAll(secret, MASK), value) as Value;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutSecrets(each, secrets)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutSecrets(each as unknown, secrets)]),
  ) as Value;
}
