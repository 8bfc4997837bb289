import { conda } from './conda/index.js';
import { docker } from './docker/index.js';
import type { DriverModule } from './driver.js';
import { exec } from './exec/index.js';
import { http } from './http/index.js';
import { python } from './python/index.js';

export const DRIVERS: readonly DriverModule[] = [conda, docker, exec, http, python];
