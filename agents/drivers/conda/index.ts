import path from 'node:path';
import { condaDriver, type CondaConfig } from '#domain/drivers/conda/index.js';
import type { DriverModule } from '../driver.js';
import { openProcesses } from '../exec/index.js';
import { Builds } from './builds.js';
import { CondaDriver } from './conda-driver.js';
import { BackEnds } from './back-end-detection.js';
import { Uses } from './uses.js';

export type { CondaSettings } from './settings.js';

export const conda: DriverModule<CondaConfig> = {
  definition: condaDriver,
  needs:
    'micromamba, mamba, conda, a python3 with py-rattler, uv, or a python3 with venv and ensurepip, in the PATH of the agent; if tenants have their own users, those users must be able to run it',
  limits: ['cpu', 'memory'],
  async open(host) {
    const { directory, users, clock, log, documents, life, ownParts, settings } = host;
    const { searched, backend, cacheBytes } = settings.conda;
    const processes = await openProcesses(host);
    const builds = new Builds({ processes, users, settings, ownParts, root: path.join(directory, 'conda') });
    return new CondaDriver({
      processes,
      backEnds: new BackEnds(
        searched,
        backend,
        async () =>
          users.separation === 'separate' ? await users.userOf('\u0001looks for tools') : undefined,
        life,
      ),
      builds,
      users,
      uses: new Uses(),
      documents,
      clock,
      log,
      cacheBytes,
    });
  },
};
