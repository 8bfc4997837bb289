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

/** Returns the text of a JSON string that a regular expression found, with its quotes, in data that was not parsed. */
export function unquoted(text: string): string {
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string;
  } catch {
    // Only reached if the data is not valid JSON; no reader searches such data.
    return text;
  }
}
