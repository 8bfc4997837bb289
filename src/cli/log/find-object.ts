import { findService } from '../services/find-service.js';
import { bodyOf, unlessForbidden, type Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findAllocation, findClaim, findJob, findNode, findTask, orElse } from '../shared/lookup.js';
import { unambiguous } from '../shared/resolve-prefix.js';

const FIND = {
  job: async (api: Api, given: string) => (await findJob(api, given)).job_id,
  allocation: async (api: Api, given: string) => (await findAllocation(api, given)).allocation.allocation_id,
  node: async (api: Api, given: string) => (await findNode(api, given)).node_id,
  task: async (api: Api, given: string) => String((await findTask(api, given)).id),
  run: findRun,
  claim: async (api: Api, given: string) => (await findClaim(api, given)).id,
  service: async (api: Api, given: string) => (await findService(api, given)).path.id,
  account: async (api: Api, given: string) => {
    const { users } = await bodyOf(api.GET('/api/auth/users'));
    return unambiguous(
      'account',
      given,
      users.map(({ id, username: name }) => ({ id, name })),
    ).id;
  },
} as const;

/** Kinds that the history knows only by their whole ids. */
const BY_ID = ['environment', 'build', 'request'] as const;

export type NamedKind = keyof typeof FIND | (typeof BY_ID)[number];

const KINDS: readonly string[] = [...Object.keys(FIND), ...BY_ID];
const EXAMPLES = 'job:hello, node:…, allocation:…, task:7, run:7/3, service:…, claim:…';

/**
 * Acts on an object by its id. If there is none with this id, finds the object as other commands do: by its name, a unique prefix, or the host name of
 * a node. Objects that no longer exist are known only by their ids.
 */
export async function onObject<Result>(
  api: Api,
  kind: NamedKind,
  given: string,
  act: (id: string) => Promise<Result>,
): Promise<Result> {
  if (!isFound(kind)) return await act(given);
  const find = FIND[kind];
  if (kind === 'run' && !/^\d+[/@]/.test(given)) return await act(await find(api, given));
  // A caller who may not list such objects gets the response about the id again.
  return await orElse(act, given, async () => (await unlessForbidden(find(api, given))) ?? given);
}

/** Parses `job:hello`, or `job hello` in two arguments. */
export function objectIn(words: readonly (string | undefined)[]): {
  readonly kind: NamedKind;
  readonly given: string;
} {
  const [first = '', second] = words;
  const colon = first.indexOf(':');
  const [kind, given] =
    second === undefined ? [first.slice(0, Math.max(0, colon)), first.slice(colon + 1)] : [first, second];
  if (!isKind(kind) || given === '')
    throw new Failure(
      `${words.filter((word) => word !== undefined).join(' ')}: name the kind and the object, such as ${EXAMPLES}; kinds are ${KINDS.join(', ')}`,
    );
  return { kind, given };
}

async function findRun(api: Api, given: string): Promise<string> {
  const [, task, rest] = /^(.+?)([/@].+)$/.exec(given) ?? [];
  if (task === undefined || rest === undefined)
    throw new Failure(`run ${given}: must be TASK/RUN, such as 7/3 or backup/3, or TASK@TIME for a slot`);
  return `${(await findTask(api, task)).id}${rest}`;
}

function isKind(kind: string): kind is NamedKind {
  return KINDS.includes(kind);
}

function isFound(kind: NamedKind): kind is keyof typeof FIND {
  return Object.hasOwn(FIND, kind);
}
