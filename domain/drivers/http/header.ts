import { z } from 'zod';

/** Headers that the HTTP client sets itself. Setting them again would allow request smuggling. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authorization',
  'proxy-connection',
]);

export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'must be a header name')
  .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), 'is set by the HTTP client');

export const headerValue = z
  .string()
  .max(16_384)
  .regex(
    /^[\t\u0020-\u007e\u0080-\u00ff]*$/,
    'must be a single line of characters that are valid in a header',
  );
