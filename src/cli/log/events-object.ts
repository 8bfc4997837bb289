import { streamName } from '#domain/kernel/event/index.js';
import type { Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findClaim, findJob, findNode, findTask } from '../shared/lookup.js';
import { findService } from '../services/find-service.js';
import type { EventsOptions } from './events-query.js';

/** The options that select the events of one object. */
export interface ObjectOptions {
  readonly task?: string;
  readonly run?: string;
  readonly node?: string;
  readonly service?: string;
  readonly claim?: string;
}

const KINDS = ['task', 'run', 'node', 'service', 'claim'] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Finds the stream of the object that the options name. Without a server, only ids can be found. */
export async function objectFilter(
  options: ObjectOptions & Pick<EventsOptions, 'job' | 'stream' | 'category'>,
  api: Api | undefined,
): Promise<Pick<EventsOptions, 'stream' | 'run'>> {
  const named = [...KINDS, 'job' as const, 'stream' as const, 'category' as const].filter(
    (kind) => options[kind] !== undefined,
  );
  const [kind] = named;
  if (kind === undefined || kind === 'job' || kind === 'stream' || kind === 'category') return {};
  if (named.length > 1)
    throw new Failure(`${named.map((each) => `--${each}`).join(' and ')} are mutually exclusive`);
  const given = options[kind]!;
  switch (kind) {
    case 'task':
      return { stream: streamName('task', await taskNumber(given, api)) };
    case 'run': {
      const [, task, run] = /^(.+)\/(\d{1,9})$/.exec(given) ?? [];
      if (task === undefined || run === undefined)
        throw new Failure(`--run ${given}: must be TASK/RUN, such as 7/3`);
      return { stream: streamName('task', await taskNumber(task, api)), run };
    }
    case 'node': {
      // A removed node is in no list.
      const isId = api === undefined || UUID.test(given);
      return { stream: streamName('node', isId ? given : (await findNode(api, given)).node_id) };
    }
    case 'service': {
      const isId = api === undefined || UUID.test(given);
      return { stream: streamName('service', isId ? given : (await findService(api, given)).path.id) };
    }
    case 'claim': {
      const isId = api === undefined || UUID.test(given.replace(/^claim-/, ''));
      return { stream: streamName('gpuClaim', isId ? given : (await findClaim(api, given)).id) };
    }
  }
}

async function taskNumber(given: string, api: Api | undefined): Promise<string> {
  if (/^\d+$/.test(given)) return given;
  if (api === undefined)
    throw new Failure(`--task ${given}: must be the number of a task to read it from a log`);
  return String((await findTask(api, given)).id);
}

/** Explains why nothing was found: throws if the object does not exist. */
export async function explainNothing(
  options: ObjectOptions & Pick<EventsOptions, 'job'>,
  api: Api | undefined,
): Promise<void> {
  const kind = [...KINDS, 'job' as const].find((each) => options[each] !== undefined);
  if (kind === undefined) return;
  if (kind === 'job' && api !== undefined) await findJob(api, options.job!);
  else throw new Failure(`there are no events of ${kind} ${options[kind]}; is the id right?`);
}
