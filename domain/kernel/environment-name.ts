import { z } from 'zod';

export const environmentName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'an environment name must match [A-Za-z_][A-Za-z0-9_]{0,127}');
