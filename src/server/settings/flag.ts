import { z } from 'zod';

/** `true` or `false`, also written `1` or `0`. */
export const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
