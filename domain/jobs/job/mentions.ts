import type { RecordedEvent } from '../../kernel/ports/event-store.js';
import { unquoted, type Mention } from '../../kernel/ports/log-mentions.js';
import { jobIdOf } from './commands.js';

const STREAM_OF_JOB = 'job-';
const STREAM_OF_COMMAND = 'command-';
/** Other streams whose events mention jobs. */
const STREAMS_OF_JOBS = /^(?:scheduler$|node-|command-)/;
const JOB = '"jobId"';
/** Quotes within JSON strings are escaped, so each match is a member of some object in the data. */
const ANY_JOB = /"jobId"\s*:\s*("(?:[^"\\]|\\.)*")/g;
const NONE: readonly Mention[] = [];

/** Returns the jobs that an event is about, without parsing its data. */
export function mentionedJobs({ stream, data }: Pick<RecordedEvent, 'stream' | 'data'>): readonly Mention[] {
  if (stream.startsWith(STREAM_OF_JOB)) return [{ job: jobIdOf(stream.slice(STREAM_OF_JOB.length)) }];
  if (!STREAMS_OF_JOBS.test(stream) || !data.includes(JOB)) return NONE;
  const mentions: Mention[] = [];
  let former: string | undefined;
  for (const [, quoted] of data.matchAll(ANY_JOB)) {
    if (quoted === former) continue;
    former = quoted;
    const job = unquoted(quoted!);
    mentions.push({ job });
    if (stream.startsWith(STREAM_OF_COMMAND)) mentions.push({ commandsIn: job });
  }
  return mentions;
}
