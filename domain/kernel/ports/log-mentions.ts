import { textHash } from '../text-hash.js';

/** What events can be searched by: the request that caused them, or a job. */
export type Mention = { readonly correlation: string } | { readonly job: string };

/** A key in the index of mentions. Keys of different mentions may collide, so a reader must check what it finds. */
export function mentionKey(mention: Mention): number {
  return textHash('job' in mention ? `job ${mention.job}` : `correlation ${mention.correlation}`);
}
