import { commaSeparated } from './comma-separated.js';

export const operatorKeys = commaSeparated
  .refine((keys) => keys.length > 0, 'must hold a key')
  .refine(
    (keys) => keys.every((key) => /^[\x21-\x7e]{16,512}$/.test(key)),
    'each key must have 16 to 512 visible ASCII characters, and no comma',
  )
  .refine(
    (keys) => keys.every((key) => new Set(key).size >= 8),
    'a key must be no single word over and over',
  );
