import { z } from 'zod';

/** Items separated by commas, without the spaces around them and without empty ones. */
export const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
