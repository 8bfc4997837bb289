import type { Command } from 'commander';
import { Failure } from './failure.js';

/** Commands by the names that `kubectl`, `docker` and `nomad` give to objects. */
export const KINDS: Readonly<Record<string, string>> = {
  job: 'job',
  deployment: 'job',
  pod: 'alloc',
  container: 'alloc',
  alloc: 'alloc',
  allocation: 'alloc',
  node: 'node',
  task: 'task',
  cronjob: 'task',
  service: 'service',
  svc: 'service',
  volume: 'volume',
  worker: 'worker',
  claim: 'claim',
  template: 'template',
  env: 'env',
  environment: 'env',
  user: 'user',
  account: 'user',
  secret: 'secret',
  quota: 'quota',
  token: 'token',
  key: 'token',
};
/** The subcommand that shows one object, if it is not `show`. */
const DETAILS: Readonly<Record<string, string>> = {
  job: 'status',
  alloc: 'status',
  node: 'status',
  claim: 'status',
  user: 'list --prefix',
  secret: 'list --prefix',
  quota: 'list --tenant',
  token: 'list --prefix',
};

/** Commands that end or remove an object, if there is no `delete`. */
const REMOVALS: Readonly<Record<string, string>> = {
  alloc: 'job stop',
  node: 'node remove',
  worker: 'worker set --disable',
  claim: 'claim release',
  user: 'user deactivate',
  secret: 'secret remove',
  quota: 'quota reset',
  token: 'token revoke',
};

/** What to use instead of a command of another program. `kind` and `name` are the words after it. */
const COMMANDS: Readonly<Record<string, (kind: string | undefined, name: string) => readonly string[]>> = {
  ps: () => ['alloc list', 'job list'],
  get: (kind, name) =>
    kind === undefined ? ['job list', 'node list'] : [name === '' ? `${kind} list` : details(kind, name)],
  describe: (kind, name) => [details(kind ?? 'job', name || 'NAME')],
  inspect: (kind, name) => [details(kind ?? 'job', name || 'NAME')],
  delete: (kind, name) => [`${REMOVALS[kind ?? 'job'] ?? `${kind} delete`} ${name || 'NAME'}`],
  rm: (_, name) => [`job delete ${name || 'JOB'}`],
  logs: (_, name) => [`job logs ${name || 'JOB'}`, 'service logs SERVICE', 'task logs TASK'],
  stop: (_, name) => [`job stop ${name || 'JOB'}`, 'service stop SERVICE'],
  kill: (_, name) => [`job stop ${name || 'JOB'}`],
  scale: (_, name) => [`job scale ${name || 'JOB'} COUNT`],
  restart: (_, name) => [`job restart ${name || 'JOB'}`, 'service restart SERVICE'],
  run: (_, name) => [`job run ${name || 'FILE'}`],
  plan: (_, name) => [`job plan ${name || 'FILE'}`],
  apply: () => ['job run FILE', 'task apply FOLDER'],
  create: () => ['job run FILE', 'task create', 'service create NAME'],
  drain: (_, name) => [`node drain ${name || 'NODE'} --enable`],
  cordon: (_, name) => [`node eligibility ${name || 'NODE'} --disable`],
  uncordon: (_, name) => [`node eligibility ${name || 'NODE'} --enable`],
  deployment: () => ['job deployments JOB'],
  crontab: () => ['task list', 'task create'],
};

/** Options of other programs that have another name here. */
const OPTIONS: Readonly<Record<string, string>> = { json: '-o json', verbose: '-o wide', yaml: '-o yaml' };

/** Throws a {@link Failure} that names the right form of a command or option that is usual in other programs. */
export function checkHabits(program: Command, words: readonly string[]): void {
  let command = program;
  let place = 0;
  for (; place < words.length; place += 1) {
    const next = command.commands.find((each) => each.name() === words[place]);
    if (next === undefined) break;
    command = next;
  }
  if (command === program) checkCommand(words);
  else checkOptions(command, words.slice(place));
}

function checkCommand([word = '', ...rest]: readonly string[]): void {
  const plain = rest.filter((each) => !each.startsWith('-'));
  // `kubectl get nodes/vm-3` names both at once.
  const [first = '', ...others] = plain.flatMap((each) => each.split('/'));
  const kind = kindOf(first);
  const uses =
    COMMANDS[word]?.(kind, (kind === undefined ? first : others[0]) ?? '') ??
    (kindOf(word) === undefined ? undefined : [`${kindOf(word)} list`]);
  if (uses === undefined) return;
  throw new Failure(
    `there is no command "${word}"; use ${uses.map((each) => `muster ${each}`).join(', or ')}`,
  );
}

function kindOf(word: string): string | undefined {
  return KINDS[word] ?? KINDS[word.replace(/s$/, '')];
}

function details(kind: string, name: string): string {
  return `${kind} ${DETAILS[kind] ?? 'show'} ${name}`;
}

function checkOptions(command: Command, words: readonly string[]): void {
  const end = words.indexOf('--');
  for (const [index, word] of words.slice(0, end < 0 ? words.length : end).entries()) {
    const [, name = ''] = /^-([a-z][a-z-]+)(?:=.*)?$/s.exec(word) ?? [];
    if (name === '' || takesValue(command, words[index - 1])) continue;
    const isOption = command.options.some(({ long }) => long === `--${name}`);
    const right = isOption ? `--${word.slice(1)}` : OPTIONS[name];
    if (right !== undefined) throw new Failure(`-${name}: use ${right}`);
  }
}

/** The word after such an option is its value, such as "-status" in "--sort -status". */
function takesValue(command: Command, before: string | undefined): boolean {
  return command.options.some(
    ({ short, long, required }) => required && [short, long].includes(before ?? ''),
  );
}
