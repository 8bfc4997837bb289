import { textHash } from '../text-hash.js';

/** What events can be searched by: the request that caused them, a job, or a job in which commands were run. */
export type Mention =
  { readonly correlation: string } | { readonly job: string } | { readonly commandsIn: string };

/** A key in the index of mentions. Keys of different mentions may collide, so a reader must check what it finds. */
export function mentionKey(mention: Mention): number {
  if ('job' in mention) return textHash(`job ${mention.job}`);
  return textHash(
    'commandsIn' in mention ? `commands in ${mention.commandsIn}` : `correlation ${mention.correlation}`,
  );
}
