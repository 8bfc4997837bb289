import { environmentBuilds } from '#projections/environments/environment-builds.js';
import { environmentLocks } from '#projections/environments/environment-locks.js';
import { environmentPackages } from '#projections/environments/environment-packages.js';
import { environments } from '#projections/environments/environments.js';
import { executionUsage } from '#projections/environments/execution-usage.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import { condaSettings, type CondaSettings } from './settings.js';
import type { CondaParts } from './surface.js';

export type { CondaParts };

export const conda = {
  name: 'conda',
  projections: [environments, environmentBuilds, environmentLocks, environmentPackages, executionUsage],
  settings: condaSettings,
  load: async () => (await import('./plugin.js')).plugin,
} satisfies SurfaceDeclaration<CondaSettings, CondaParts>;

export const environmentFiles = async () => await import('./environment-file.js');
