import { z } from 'zod';

/** Longer ones few servers take. */
const MAX_URL = 8192;
/** No control character, space or backslash, which readers of URLs disagree about; no name or password before the host. */
const PLAIN_URL = /^https?:\/\/[^/?#@\\\u0000-\u0020\u007f]+([/?#][^\\\u0000-\u0020\u007f]*)?$/i;

const anyUrl = z.url();

/** A URL that may be called, as far as it says so itself: which address it leads to is another matter. */
export const httpUrl = z
  .string()
  .max(MAX_URL)
  .regex(PLAIN_URL, 'must be http:// or https:// with a host, without user name, password, spaces, backslashes or control characters')
  // No `format` in the document: a host may have letters of any script, which the format `uri` has not.
  .refine((text) => anyUrl.safeParse(text).success, { error: 'is not a URL', when: ({ issues }) => issues.length === 0 });

/** Of such a URL what says where it leads, and nothing of what is asked for there. */
export const httpOrigin = z
  .string()
  .max(MAX_URL)
  .regex(/^https?:\/\/[^/?#@\\\u0000-\u0020\u007f]+$/, 'must be http:// or https:// with a host, and nothing behind it');
