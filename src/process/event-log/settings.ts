import { z } from 'zod';
import { flag } from '#domain/kernel/settings/kinds.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';
import { problemsOfStoreUrl } from '#src/stores/eventstoredb/index.js';

/** An EventStoreDB connection string. Error messages do not repeat it, because it may contain a password. */
const storeUrl = z.string().superRefine((text, context) => {
  for (const message of problemsOfStoreUrl(text)) context.addIssue({ code: 'custom', message });
});

/** `eventStoreUrl`: undefined for the embedded log in the data directory. */
export const eventLogSettings = section({
  eventStoreUrl: setting(
    'MUSTER_EVENTSTORE_URL',
    storeUrl.optional(),
    'the EventStoreDB or KurrentDB server that stores the events: `esdb://`, `esdb+discover://`, `kurrentdb://` or `kurrentdb+discover://` ([format](flows/eventstore.md#the-connection-string))',
    { secret: true, serverOnly: true, unset: 'unset: the embedded log' },
  ),
  /** Accepts a log that the data directory does not belong to. */
  eventStoreAcceptOther: setting(
    'MUSTER_EVENTSTORE_ACCEPT_OTHER_LOG',
    flag.default(false),
    '`true`: start even though the data directory belongs to a different log; set it for one start only',
  ),
});

export type EventLogSettings = SectionValue<typeof eventLogSettings>;
