import { z } from 'zod';

/** Task number, starting at 1. Tasks of the conda surface use the same sequence of numbers. */
export const taskNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
