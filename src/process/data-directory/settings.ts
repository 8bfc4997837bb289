import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

export const dataDirectorySettings = section({
  dataDir: setting(
    'MUSTER_DATA_DIR',
    z.string().min(1).default('./data'),
    'directory for embedded stores, snapshots and agent state',
  ),
});

export type DataDirectorySettings = SectionValue<typeof dataDirectorySettings>;
