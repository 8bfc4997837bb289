import { pythonDriver, type PythonConfig } from '#domain/drivers/python/index.js';
import type { DriverModule } from '../driver.js';
import { openProcesses, TASK_PATH } from '../exec/index.js';
import { Interpreters } from './interpreters.js';
import { PythonDriver } from './python-driver.js';

export const python: DriverModule<PythonConfig> = {
  definition: pythonDriver,
  needs: `a python3 in ${TASK_PATH}`,
  limits: ['cpu', 'memory'],
  open: async (host) => new PythonDriver(await openProcesses(host), new Interpreters(TASK_PATH, host.life)),
};
