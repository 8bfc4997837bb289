import { z } from 'zod';
import { section, setting } from '#domain/kernel/settings/section.js';

/** Settings of commands that call a server. A server accepts them, because both may have the same environment, and ignores them. */
export const clientSettings = section({
  clientToken: setting(
    'MUSTER_TOKEN',
    z
      .string()
      .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
      .optional(),
    'token or API key that commands send to a server; empty for none. Servers ignore it',
    { secret: true, serverOnly: true, unset: 'the token of `muster login`' },
  ),
});
