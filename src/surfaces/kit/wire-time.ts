import { z } from 'zod';

export function wireTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export const moment = z.iso.datetime().meta({ examples: ['2026-11-20T02:00:00Z'] });
