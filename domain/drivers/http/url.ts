import { z } from 'zod';

const MAX_URL = 8192;
/** Refuses control characters, spaces and backslashes, which URL parsers treat differently, and credentials before the host. */
const PLAIN_URL = /^https?:\/\/[^/?#@\\\u0000-\u0020\u007f]+([/?#][^\\\u0000-\u0020\u007f]*)?$/i;

const anyUrl = z.url();

/** A well-formed URL. Whether its address may be called is checked elsewhere. */
export const httpUrl = z
  .string()
  .max(MAX_URL)
  .regex(
    PLAIN_URL,
    'must be http:// or https:// with a host, without user name, password, spaces, backslashes or control characters',
  )
  // The description has no `format: uri`, because hosts may contain letters of any script, which that format excludes.
  .refine((text) => anyUrl.safeParse(text).success, {
    error: 'is not a URL',
    when: ({ issues }) => issues.length === 0,
  });

export const httpOrigin = z
  .string()
  .max(MAX_URL)
  .regex(
    /^https?:\/\/[^/?#@\\\u0000-\u0020\u007f]+$/,
    'must be http:// or https:// with a host, and nothing after it',
  );
