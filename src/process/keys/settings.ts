import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

const key = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64; generate it with: openssl rand -base64 32')
  .refine((text) => new Set(Buffer.from(text, 'base64')).size >= 8, 'must be random');

/** `dataKey`: 32 bytes. All sealing keys are encrypted with a key that is derived from it. */
export const keySettings = section(
  {
    dataKey: setting(
      'MUSTER_DATA_KEY',
      key.optional(),
      '32 bytes in base64 (`openssl rand -base64 32`); encrypts the keys of personal and secret fields, which are unreadable without it; required with `MUSTER_EVENTSTORE_URL`',
      {
        secret: true,
        serverOnly: true,
        unset: 'unset: generated once and stored as `data.key` in the data directory',
      },
    ),
  },
  ({ dataKey }): { readonly dataKey: Uint8Array | undefined } => ({
    dataKey: dataKey === undefined ? undefined : Buffer.from(dataKey, 'base64'),
  }),
);

export type KeySettings = SectionValue<typeof keySettings>;
