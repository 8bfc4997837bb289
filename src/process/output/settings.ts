import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

export const outputSettings = section({
  logLevel: setting(
    'MUSTER_LOG_LEVEL',
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    'pino log level; one JSON line per record on stdout',
  ),
});

export type OutputSettings = SectionValue<typeof outputSettings>;
