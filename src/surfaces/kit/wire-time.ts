import { z } from 'zod';

/** A moment on the wire: RFC 3339, UTC, whole seconds. `at`: milliseconds since 1970. */
export function wireTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** A moment, as the documents tell of it. */
export const moment = z.iso.datetime().meta({ examples: ['2026-11-20T02:00:00Z'] });
