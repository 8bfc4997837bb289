import type { Task } from '#domain/jobs/job/specification.js';

/** Prefix of the variables for secret words, which are inserted into a task's config. */
const NAME = 'MUSTER_WORD_';
const TOKEN = new RegExp(`\\{\\{(${NAME}\\d+)\\}\\}`, 'g');

type Variables = Readonly<Record<string, string>>;

/** A task whose secret words were replaced with the names of variables, and the secret words by variable name. */
export interface Split {
  readonly task: Task;
  readonly words: Variables;
}

export function withoutSecretWords(task: Task, isSecret: (word: string) => boolean): Split {
  const words: Record<string, string> = {};
  const known = new Map<string, string>();
  const changed = eachWord(task, (word) => {
    if (word === '' || !isSecret(word)) return word;
    const name = known.get(word) ?? `${NAME}${known.size}`;
    known.set(word, name);
    words[name] = word;
    return `{{${name}}}`;
  });
  return { task: known.size === 0 ? task : changed, words };
}

/** Restores the task. `env` is its opened environment, including the secret words. */
export function withSecretWords(task: Task, env: Variables): Task {
  const own = Object.entries(env).filter(([name]) => !name.startsWith(NAME));
  if (own.length === Object.keys(env).length) return { ...task, env: { ...env, ...task.env } };
  const filled = eachWord(task, (text) =>
    text.replace(TOKEN, (token, name: string) => (Object.hasOwn(env, name) ? (env[name] ?? '') : token)),
  );
  return { ...filled, env: { ...Object.fromEntries(own), ...task.env } };
}

function eachWord(task: Task, change: (word: string) => string): Task {
  const { command, args } = task.config;
  return {
    ...task,
    config: {
      ...task.config,
      ...(typeof command === 'string' && { command: change(command) }),
      ...(Array.isArray(args) && {
        args: args.map((word: unknown) => (typeof word === 'string' ? change(word) : word)),
      }),
    },
    ...(task.checks !== undefined && {
      checks: task.checks.map((check) => ({
        ...check,
        // A path begins with a slash, even if the rest of it is replaced.
        ...(check.path !== undefined && { path: `/${change(check.path.slice(1))}` }),
        ...(check.command !== undefined && { command: check.command.map(change) }),
      })),
    }),
  };
}
