import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

const mongoUrl = z.string().regex(/^mongodb(\+srv)?:\/\/[^\s]+$/, 'must be mongodb://host:port/database');

const history = z.enum(['on', 'off']);

export const readSideSettings = section({
  mongodbUrl: setting(
    'MUSTER_MONGODB_URL',
    mongoUrl.optional(),
    'MongoDB database for the read models, `mongodb://…/database`',
    { secret: true, serverOnly: true, unset: 'unset: a file in the data directory' },
  ),
  history: setting(
    'MUSTER_HISTORY',
    history.optional(),
    '`on`: records in the data directory when each object changed, for [`muster history`](history.md) and `as_of`; `off`: deletes these records',
    { serverOnly: true, unset: '`on`, or `off` with MongoDB' },
  ),
  historyDays: setting(
    'MUSTER_HISTORY_DAYS',
    z.coerce.number().int().min(0).max(36_500).default(0),
    'number of days these records are retained; 0 means forever. A request with an earlier `as_of` gets 410 and the earliest available moment',
    { serverOnly: true },
  ),
});

export type ReadSideSettings = SectionValue<typeof readSideSettings>;
