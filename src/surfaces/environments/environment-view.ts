import type { z } from 'zod';
import { packageUrl, type Lock } from '#domain/drivers/conda/index.js';
import { buildStatus, type RequestedPackages } from '#domain/environments/environment/index.js';
import { assertNever } from '#domain/kernel/errors/index.js';
import type { EnvironmentBuildDocument } from '#projections/environments/environment-builds.js';
import type { ExecutionUsageDocument } from '#projections/environments/execution-usage.js';
import {
  packageLines,
  packagesIn,
  type EnvironmentPackagesDocument,
} from '#projections/environments/environment-packages.js';
import {
  currentEntry,
  type EnvironmentDocument,
  type GenerationEntry,
} from '#projections/environments/environments.js';
import type {
  buildView,
  environmentDetail,
  environmentEntry,
  generationDiff,
  generationList,
} from './environment-contract.js';
import { oneDecimal, successRate } from './task-view.js';
import type { WireTimes } from './wire-time.js';

type Failed = EnvironmentBuildDocument['failed'][number];
type Backend = z.input<typeof environmentDetail>['backend'];

const GIGABYTE = 1e9;

export function gigabytes(bytes: number): number {
  return Math.round((bytes / GIGABYTE) * 100) / 100;
}

export type Packages = Pick<EnvironmentPackagesDocument, 'packages'>;

export function viewEntry(
  environment: EnvironmentDocument,
  packages: Packages,
  times: WireTimes,
): z.input<typeof environmentEntry> {
  const python_version = currentEntry(environment)?.python ?? null;
  return {
    name: environment.name,
    python_version,
    packages: packageLines(packages),
    created_at: times.time(environment.createdAt),
  };
}

export interface EnvironmentUsage {
  readonly tasks: number;
  readonly executions: ExecutionUsageDocument | undefined;
}

export function viewDetail(
  environment: EnvironmentDocument,
  current: GenerationEntry,
  packages: Packages,
  { tasks, executions }: EnvironmentUsage,
  mine: boolean,
  times: WireTimes,
): z.input<typeof environmentDetail> {
  const average =
    executions === undefined || executions.timed === 0
      ? 0
      : oneDecimal(executions.seconds / executions.timed);
  const rate = executions === undefined ? 0 : successRate(executions);
  return {
    name: environment.name,
    python_version: current.python,
    created_at: times.date(environment.createdAt),
    usage_stats: {
      total_tasks: tasks,
      success_rate: rate,
      avg_execution_time: average,
      disk_usage: gigabytes(current.disk ?? 0),
    },
    packages: packagesIn(packages).map(([name, version]) => ({ name, version })),
    generation: current.number,
    backend: current.backend as Backend,
    created_by_me: mine,
  };
}

export function viewGenerations(
  { name, generations, current }: EnvironmentDocument,
  times: WireTimes,
): z.input<typeof generationList> {
  return {
    environment: name,
    generations: generations.toReversed().map((each) => ({
      generation: each.number,
      current: each.number === current,
      backend: each.backend as Backend,
      hash: each.hash,
      python_version: each.python,
      package_count: each.packages,
      disk_usage: each.disk === null ? null : gigabytes(each.disk),
      created_at: times.time(each.at),
      created_at_utc: new Date(each.at).toISOString(),
    })),
  };
}

export function changesOf(
  from: Packages,
  to: Packages,
): Pick<z.input<typeof generationDiff>, 'added' | 'removed' | 'changed'> {
  const [older, newer] = [packagesIn(from), packagesIn(to)];
  const [before, after] = [new Map(older), new Map(newer)];
  return {
    added: newer.filter(([each]) => !before.has(each)).map(([each, version]) => ({ name: each, version })),
    removed: older.filter(([each]) => !after.has(each)).map(([each, version]) => ({ name: each, version })),
    changed: [...before].flatMap(([each, version]) => {
      const now = after.get(each);
      return now === undefined || now === version ? [] : [{ name: each, from: version, to: now }];
    }),
  };
}

export function viewBuild(build: EnvironmentBuildDocument, times: WireTimes): z.input<typeof buildView> {
  return {
    build: build.build,
    kind: build.kind,
    asked: [...build.asked],
    status: buildStatus(build),
    step: build.step,
    failed_packages: [...build.failed],
    requested_at: times.time(build.requestedAt),
    requested_at_utc: new Date(build.requestedAt).toISOString(),
    ended_at: build.endedAt === null ? null : times.time(build.endedAt),
    ended_at_utc: build.endedAt === null ? null : new Date(build.endedAt).toISOString(),
  };
}

/** Explains why a package is unavailable, in the contract's words if it has any. */
export function sentenceOf({ name, why }: Failed): string {
  switch (why) {
    case 'not_found':
      return `Package '${name}' not found in available channels`;
    case 'conflict':
      return `Package '${name}' has conflicts with existing packages`;
    case 'not_installed':
      return `Package '${name}' is not installed`;
    case 'broken':
      return `Package '${name}' could not be installed`;
    default:
      return assertNever(why);
  }
}

/** Returns conda's explicit list, which installs without solving. Pip packages are comments, because conda does not support them there. `readExplicitList` reads both. */
export function explicitList(lock: Lock): string {
  return [
    `# platform: ${lock.platform}`,
    '@EXPLICIT',
    ...lock.packages.map((each) => `${packageUrl(lock, each)}#sha256:${each.sha256}`),
    ...lock.pip.map(({ name, version, sha256 }) => `# pip: ${name}==${version} --hash=sha256:${sha256}`),
    '',
  ].join('\n');
}

/** Returns an `environment.yml`. Strings are quoted as JSON, which is valid YAML. */
export function environmentYaml(
  name: string,
  { specs, pip }: RequestedPackages,
  channels: readonly string[],
): string {
  const list = (items: readonly string[], indent: string): string[] =>
    items.map((item) => `${indent}- ${JSON.stringify(item)}`);
  return [
    `name: ${JSON.stringify(name)}`,
    ...(channels.length > 0 ? ['channels:', ...list(channels, '  ')] : []),
    'dependencies:',
    ...list(specs, '  '),
    ...(pip.length > 0 ? ['  - "pip"', '  - pip:', ...list(pip, '      ')] : []),
    '',
  ].join('\n');
}
