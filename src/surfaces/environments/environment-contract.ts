import { z } from 'zod';
import {
  BACKENDS,
  condaSpec,
  lock,
  lockText,
  MAX_LOCK_BYTES,
  MAX_PACKAGE_BYTES,
  packageName,
  PACKAGE_FAILURES,
  pipRequirement,
} from '#domain/drivers/conda/index.js';
import {
  BUILD_FAILURES,
  BUILD_OUTCOMES,
  environmentName,
  MAX_SPECS,
} from '#domain/environments/environment/index.js';
import { logQuery, logStream } from '#src/features/task-logs/index.js';
import { moment, SHOWN, whole } from '#src/http/index.js';
import { MAX_FILE } from './environment-file.js';

const time = z
  .string()
  .meta({ description: 'YYYY-MM-DD HH:MM:SS in `MUSTER_TIMEZONE`', examples: ['2025-05-01 14:30:00'] });
const done = z.literal(true).meta({ description: 'Success message' });
const shownName = z.string().meta({ description: 'Name of the environment', examples: ['analysis'] });
const wantedName = environmentName.meta({
  description: 'Letters and digits of any script, `.`, `_` and `-`. Unique within the tenant',
  examples: ['analysis'],
});
const spec = condaSpec.meta({
  description: 'A package, optionally with versions',
  examples: ['numpy>=1.24'],
});
const specs = z.array(spec).min(1).max(MAX_SPECS);

export const environmentParams = z.object({
  env_name: z
    .string()
    .max(400)
    .meta({ description: 'Name of the environment', examples: ['analysis'] }),
});
const number = z.string().max(400);
export const generationParams = environmentParams.extend({
  generation: number.meta({ description: 'Generation number', examples: ['1'] }),
});
export const pairParams = environmentParams.extend({
  one: number.meta({ description: 'Generation number' }),
  other: number.meta({ description: 'Number of the generation to compare it with' }),
});
export const buildParams = environmentParams.extend({
  build: number.meta({ description: 'Build number', examples: ['1'] }),
});

export const createEnvironmentBody = z
  .strictObject({
    name: wantedName,
    python_version: z
      .string()
      .regex(/^\d{1,2}(\.\d{1,3}){0,2}$/, 'must be a version of Python, such as 3.11')
      .optional()
      .meta({ description: "Extension. Python version. Default: the solver's choice", examples: ['3.11'] }),
    packages: z
      .array(spec)
      .max(MAX_SPECS - 1)
      .optional()
      .meta({ description: 'Extension. Packages in addition to Python', examples: [['numpy>=1.24']] }),
    requirements: z
      .array(pipRequirement)
      .max(MAX_SPECS)
      .optional()
      .meta({ description: 'Extension. Packages to install with pip', examples: [['requests>=2.31']] }),
    channels: z
      .array(z.string().min(1).max(1024))
      .max(16)
      .optional()
      .meta({
        description: 'Extension. Channels, which the nodes must allow. Default: all allowed channels',
        examples: [['conda-forge']],
      }),
    environment_yml: z
      .string()
      .max(MAX_FILE)
      .optional()
      .meta({
        description: "Extension. Complete environment in conda's format, instead of the other fields",
        examples: ['dependencies:\n  - numpy>=1.24\n'],
      }),
    lock: lock
      .refine((given) => lockText(given).length <= MAX_LOCK_BYTES, `at most ${MAX_LOCK_BYTES} bytes`)
      .refine(
        ({ packages, pip }) => [...packages, ...pip].every(({ size }) => size <= MAX_PACKAGE_BYTES),
        `each package at most ${MAX_PACKAGE_BYTES} bytes`,
      )
      .optional()
      .meta({
        id: 'EnvironmentLock',
        description: 'Extension. Exact packages from `…/export?format=lock`, instead of the other fields',
      }),
  })
  .meta({
    id: 'EnvironmentCreation',
    description: 'A new environment',
    examples: [{ name: 'analysis', python_version: '3.11', packages: ['numpy>=1.24'] }],
  });

export const renameBody = z
  .strictObject({ new_name: wantedName })
  .meta({ id: 'EnvironmentRename', description: 'New name', examples: [{ new_name: 'analysis-2' }] });
export const installBody = z.strictObject({ packages: specs }).meta({
  id: 'PackageInstallation',
  description: 'Packages to install',
  examples: [{ packages: ['numpy', 'pandas', 'matplotlib>=3.4.0'] }],
});
export const removeBody = z.strictObject({ packages: z.array(packageName).min(1).max(MAX_SPECS) }).meta({
  id: 'PackageRemoval',
  description: 'Packages to remove',
  examples: [{ packages: ['numpy', 'pandas'] }],
});
export const rollbackBody = z
  .strictObject({ generation: z.number().int().min(1) })
  .meta({ id: 'Rollback', description: 'Generation to restore', examples: [{ generation: 1 }] });

export const environmentEntry = z
  .object({
    name: shownName,
    python_version: z
      .string()
      .nullable()
      .meta({ examples: ['3.11.9'] }),
    packages: z
      .array(z.string())
      .meta({ description: 'Packages with versions', examples: [['numpy==1.24.3']] }),
    created_at: time,
  })
  .meta({ id: 'EnvironmentEntry', description: 'An environment' });

export const environmentDetail = z
  .object({
    name: shownName,
    python_version: z.string().nullable(),
    created_at: z.string().meta({ description: 'Date', examples: ['2025-04-15'] }),
    usage_stats: z.object({
      total_tasks: z.number().int(),
      success_rate: z.number().meta({ description: 'Percentage of ended executions' }),
      avg_execution_time: z.number().meta({ description: 'Seconds' }),
      disk_usage: z.number().meta({ description: 'GB (10^9)' }),
    }),
    packages: z.array(z.object({ name: z.string(), version: z.string() })),
    generation: z.number().int().meta({ description: 'Extension. Current generation' }),
    backend: z.enum(BACKENDS).meta({ description: 'Extension. Solver that was used' }),
    created_by_me: z.boolean().meta({ description: 'Extension. Whether you created it' }),
  })
  .meta({ id: 'EnvironmentDetail', description: 'An environment' });

export const environmentMade = z
  .object({
    success: done,
    message: z.literal('Environment created successfully'),
    environment: z.object({ name: shownName, created_at: time }),
  })
  .meta({ id: 'EnvironmentMade', description: 'The environment is ready' });
export const environmentRenamed = z
  .object({
    success: done,
    message: z.literal('Environment renamed successfully'),
    old_name: shownName,
    new_name: shownName,
    updated_tasks_count: z
      .number()
      .int()
      .meta({ description: 'Number of tasks that refer to the environment' }),
  })
  .meta({ id: 'EnvironmentRenamed', description: 'The environment was renamed' });
export const packagesInstalled = z
  .object({
    success: done,
    message: z.literal('Packages installed successfully'),
    environment: shownName,
    installed_packages: z.array(z.string()),
  })
  .meta({ id: 'PackagesInstalled', description: 'The packages were installed' });
export const packagesRemoved = z
  .object({
    success: done,
    message: z.literal('Packages removed successfully'),
    environment: shownName,
    removed_packages: z.array(z.string()),
  })
  .meta({ id: 'PackagesRemoved', description: 'The packages were removed' });

export const buildRefused = z
  .object({
    success: z.literal(false),
    message: z.string().meta({ ...SHOWN, examples: ['Failed to install packages'] }),
    error: z.string().optional().meta({ description: "Error message, or the solver's own output" }),
    failed_packages: z.array(z.string()).optional().meta({ description: 'Requested packages that failed' }),
    error_details: z
      .array(z.string())
      .optional()
      .meta({
        description: 'A sentence for each package',
        examples: [["Package 'nope' not found in available channels"]],
      }),
    referencing_tasks: z
      .array(z.string())
      .optional()
      .meta({ description: 'Scripts of tasks that prevent the change' }),
  })
  .meta({ id: 'BuildRefused', description: 'Nothing was changed' });

const generation = z.object({
  generation: z.number().int(),
  current: z.boolean(),
  backend: z.enum(BACKENDS),
  hash: z.string().meta({ description: 'SHA-256 of the lock. Generations with the same hash are identical' }),
  python_version: z.string().nullable(),
  package_count: z.number().int(),
  disk_usage: z.number().nullable().meta({ description: 'GB (10^9)' }),
  created_at: time,
  created_at_utc: moment,
});
export const generationList = z
  .object({ environment: shownName, generations: z.array(generation) })
  .meta({ id: 'GenerationList', description: 'Generations that can be restored, newest first' });
export const rolledBack = z
  .object({
    success: done,
    message: z.literal('Environment rolled back successfully'),
    environment: shownName,
    generation: z.number().int(),
  })
  .meta({ id: 'RolledBack', description: 'The environment was restored' });
const versioned = z.object({ name: z.string(), version: z.string() });
export const generationDiff = z
  .object({
    environment: shownName,
    from: z.number().int(),
    to: z.number().int(),
    added: z.array(versioned),
    removed: z.array(versioned),
    changed: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
  })
  .meta({ id: 'GenerationDifference', description: 'Differences between the generations' });
export const planQuery = z.strictObject({
  packages: z
    .string()
    .min(1)
    .max(8192)
    .transform((text) => text.split(';').map((each) => each.trim()))
    .pipe(specs)
    .meta({
      description: 'Packages to install, separated by `;`, since versions may contain commas',
      examples: ['numpy>=1.24,<2;pandas'],
    }),
});
export const environmentPlan = z
  .object({
    environment: shownName,
    generation: z.number().int().meta({ description: 'Generation to compare with' }),
    hash: z.string().meta({ description: 'Hash of the resulting environment' }),
    backend: z.enum(BACKENDS),
    python_version: z.string().nullable(),
    added: z.array(versioned),
    removed: z.array(versioned),
    changed: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
  })
  .meta({ id: 'EnvironmentPlan', description: 'Preview of a change' });
export const exportQuery = z.strictObject({
  format: z.enum(['explicit', 'yaml', 'lock']).optional().meta({
    title: 'ExportFormat',
    description:
      "`explicit`: conda's explicit list, which installs without solving; `yaml`: the requested packages as an environment.yml; `lock`: all packages in Muster's format. If absent, `explicit`, or `yaml` if the generation has packages of pip, which conda's list cannot hold",
  }),
  generation: whole(1).optional().meta({ description: 'Default: the current generation' }),
});

export const buildView = z
  .object({
    build: z.number().int(),
    kind: z.enum(['create', 'install', 'remove', 'require', 'lock']),
    asked: z.array(z.string()),
    status: z.enum(['waiting', 'placing', 'building', ...BUILD_OUTCOMES]),
    step: z.enum(BUILD_FAILURES).nullable().meta({ description: 'Step that failed' }),
    failed_packages: z.array(z.object({ name: z.string(), why: z.enum(PACKAGE_FAILURES) })),
    requested_at: time,
    requested_at_utc: moment,
    ended_at: time.nullable(),
    ended_at_utc: moment.nullable(),
  })
  .meta({ id: 'EnvironmentBuild', description: 'A requested change to an environment' });
export const buildList = z
  .object({ environment: shownName, builds: z.array(buildView) })
  .meta({ id: 'BuildList', description: 'The latest hundred builds, newest first' });
export const buildCancelled = z
  .object({ success: done, message: z.literal('Build cancelled') })
  .meta({ id: 'BuildCancelled', description: 'The build has ended' });
export const buildLogQuery = z.strictObject({
  ...logQuery,
  stream: logStream,
});

export const environmentStats = z
  .object({
    total_environments: z.number().int(),
    active_environments: z.number().int().meta({ description: 'Number of environments that tasks refer to' }),
    total_disk_usage: z.number().meta({ description: 'GB (10^9)' }),
    latest_created: z
      .object({ name: shownName, created_at: time })
      .meta({ id: 'NewestEnvironment', description: 'The most recently created environment' })
      .nullable(),
    environment_usage: z.array(
      z.object({
        name: shownName,
        usage_percent: z.number().meta({
          description: 'Percentage of all executions in the last 30 days that used this environment',
        }),
      }),
    ),
    package_stats: z.array(z.object({ name: shownName, package_count: z.number().int() })),
    backends: z
      .array(z.object({ backend: z.enum(BACKENDS), nodes: z.number().int() }))
      .meta({ description: 'Extension. Number of available nodes for each solver' }),
  })
  .meta({ id: 'EnvironmentStats', description: 'All environments of the tenant' });
