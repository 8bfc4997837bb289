import type { Lock } from '#domain/drivers/conda/index.js';
import { BuildError } from '../tools/build-error.js';
import { lockOf } from './lock-of.js';
import type { PipInstaller } from './pip-installer.js';

export async function withPip(
  lock: Lock,
  requirements: readonly string[],
  base: Lock | undefined,
  installer: PipInstaller,
): Promise<Lock> {
  if (lock.python === undefined)
    throw new BuildError('pip', `pip packages need Python in the environment: ${requirements.join(', ')}`, [
      { name: 'python', why: 'not_installed' },
    ]);
  const held = (base?.pip ?? []).map(({ name, version }) => `${name}==${version}`);
  const solve = (versions: readonly string[]) =>
    installer.solve(requirements, lock.python ?? '', lock.packages, versions);
  const pip = await solve(held).catch(async (error: unknown) => {
    if (held.length === 0 || !(error instanceof BuildError)) throw error;
    return await solve([]);
  });
  return { ...lock, pip: lockOf({ platform: lock.platform, channels: [], found: [], pip }).pip };
}
