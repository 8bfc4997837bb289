import { MAX_TIMEOUT_SECONDS } from '#domain/tasks/task/index.js';

/** A task of a crontab, as a request. */
export interface CrontabTask {
  /** Number of its line, from 1. */
  readonly line: number;
  readonly body: {
    readonly name: string;
    readonly executor: 'shell';
    readonly command: string;
    readonly schedule: string;
    readonly timezone?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly working_directory?: string;
    /** As in cron, a run starts although another one still runs, and a missed time is not made up for. */
    readonly concurrency: 'allow';
    readonly misfire: 'skip';
    readonly timeout_seconds: number;
  };
}

export interface CrontabRemark {
  readonly line: number;
  readonly text: string;
}

export interface Crontab {
  readonly tasks: readonly CrontabTask[];
  /** What has no counterpart and is left out. */
  readonly notes: readonly CrontabRemark[];
  /** What keeps the crontab from being read. */
  readonly problems: readonly CrontabRemark[];
}

interface CrontabOptions {
  /** Whether each entry names a user, as in `/etc/crontab` and `/etc/cron.d`. */
  readonly isSystem: boolean;
  /** Zone of entries without `CRON_TZ`. */
  readonly timezone: string;
  /** Time limit of a run. Default: the longest, because cron has none. */
  readonly timeoutSeconds?: number;
}

const VARIABLE = /^\s*(["']?)([^"'=\s]+)\1\s*=\s*(.*?)\s*$/;
const ENTRY = /^\s*(@\w+|\S+(?:\s+\S+){4})\s+(\S.*)$/;
const USER_AND_COMMAND = /^(\S+)\s+(\S.*)$/;

/** Variables that cron itself reads, and what to do in their place. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  MAILTO: 'tasks send no mail; use their field notify',
  MAILFROM: 'tasks send no mail; use their field notify',
  CONTENT_TYPE: 'tasks send no mail; use their field notify',
  CONTENT_TRANSFER_ENCODING: 'tasks send no mail; use their field notify',
  RANDOM_DELAY: 'use the field jitter_seconds of the tasks',
  LOGNAME: 'it is set by the user that the task runs as',
  USER: 'it is set by the user that the task runs as',
};

const OF_WORKERS = 'which the user of your tenant must be able to enter on each worker';
const NO_HOME =
  'runs in an empty folder that is also its HOME, and not in the home of a user: set HOME above it, or use absolute paths';

/** Reads a crontab as cron does. A variable holds for the entries after it. */
export function readCrontab(
  text: string,
  { isSystem, timezone, timeoutSeconds = MAX_TIMEOUT_SECONDS }: CrontabOptions,
): Crontab {
  const tasks: CrontabTask[] = [];
  const notes: CrontabRemark[] = [];
  const problems: CrontabRemark[] = [];
  const environment = new Map<string, string>();
  const names = new Set<string>();
  let [zone, shell] = [timezone, '/bin/sh'];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    if (/^\s*(#|$)/.test(written)) continue;
    const [, , name, value = ''] = VARIABLE.exec(written) ?? [];
    if (name !== undefined) {
      const why = NOT_TAKEN[name];
      if (why !== undefined) notes.push({ line, text: `${name} is not taken: ${why}` });
      else if (name === 'CRON_TZ') zone = unquoted(value);
      else if (name === 'SHELL') shell = unquoted(value);
      else environment.set(name, unquoted(value));
      if (name === 'HOME' && !unquoted(value).startsWith('/'))
        notes.push({ line, text: 'HOME is not an absolute path: commands do not run in it' });
      continue;
    }
    const [, times, rest] = ENTRY.exec(written) ?? [];
    const [, user, command] = (isSystem ? USER_AND_COMMAND.exec(rest ?? '') : ['', '', rest]) ?? [];
    if (times === undefined || command === undefined) {
      problems.push({ line, text: `must be five times${isSystem ? ', a user' : ''} and a command` });
      continue;
    }
    if (times.toLowerCase() === '@reboot') {
      problems.push({
        line,
        text: '@reboot is not supported: tasks belong to no machine; use systemd on it',
      });
      continue;
    }
    if (isSystem)
      notes.push({ line, text: `the user ${user} is not taken: the task runs as the user of your tenant` });
    else if (/^root\s/.test(command)) {
      problems.push({ line, text: 'names the user root before the command: pass --system' });
      continue;
    }
    const home = environment.get('HOME');
    const directory = home?.startsWith('/') === true ? home : undefined;
    notes.push({ line, text: directory === undefined ? NO_HOME : `runs in ${directory}, ${OF_WORKERS}` });
    const unique = uniqueName(command, names);
    tasks.push({
      line,
      body: {
        name: unique,
        executor: 'shell',
        command: `${shell === '/bin/sh' ? '' : `#!${shell}\n`}${commandOf(command)}`,
        schedule: times.replace(/\s+/g, ' '),
        ...(zone !== 'UTC' && { timezone: zone }),
        ...(environment.size > 0 && { environment: Object.fromEntries(environment) }),
        ...(directory !== undefined && { working_directory: directory }),
        concurrency: 'allow',
        misfire: 'skip',
        timeout_seconds: timeoutSeconds,
      },
    });
  }
  return { tasks, notes, problems };
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

/** The first `%` ends the command, and what follows is its standard input, where each further `%` is a line end. `\%` is a percent sign. */
function commandOf(written: string): string {
  const [command = '', ...input] = written.split(/(?<!\\)%/).map((part) => part.replaceAll('\\%', '%'));
  if (input.length === 0) return command;
  let end = 'CRON_INPUT';
  while (input.includes(end)) end += '_';
  return [`(${command}`, `) <<'${end}'`, ...input, end].join('\n');
}

/** Makes a name of the program and its first argument. */
function uniqueName(command: string, names: Set<string>): string {
  const words = command
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.replace(/\/+$/, '').replace(/^.*\//, ''));
  const plain = words
    .join('-')
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 50);
  const base = /[A-Za-z]/.test(plain) ? plain : 'cron';
  let name = base;
  for (let count = 2; names.has(name); count += 1) name = `${base}-${count}`;
  names.add(name);
  return name;
}
