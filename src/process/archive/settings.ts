import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

/** `endedJobsDays`: number of days after its end at which a job is archived. 0 means never. */
export const archiveSettings = section({
  endedJobsDays: setting(
    'MUSTER_ENDED_JOBS_DAYS',
    z.coerce.number().min(0).max(36_500).default(30),
    'number of days after which ended jobs are [archived](flows/archive.md); 0 means never',
  ),
});

export type ArchiveSettings = SectionValue<typeof archiveSettings>;
