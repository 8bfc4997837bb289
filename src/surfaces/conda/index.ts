import { environmentBuilds } from '#projections/environment-builds.js';
import { environmentLocks } from '#projections/environment-locks.js';
import { environmentPackages } from '#projections/environment-packages.js';
import { environments } from '#projections/environments.js';
import { executionUsage } from '#projections/execution-usage.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';
import { condaSettings, type CondaSettings } from './settings.js';

export const conda = {
  name: 'conda',
  projections: [environments, environmentBuilds, environmentLocks, environmentPackages, executionUsage],
  settings: condaSettings,
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<CondaSettings>;
