import type { Command } from 'commander';
import { assertNever } from '#domain/kernel/errors/index.js';

import { COMPLETE_NAMES, NAMED_KINDS, type NamedKind } from './named-kinds.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Words {
  readonly command: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly long: string;
    readonly short: string | undefined;
    readonly description: string;
    readonly hasValue: boolean;
  }[];
  /** The objects that the command's first argument names. */
  readonly names: NamedKind | undefined;
  /** Whether the argument can be repeated. */
  readonly repeats: boolean;
}

/** Generates the script from the program's own commands, so that it offers exactly these commands. */
export function completionScript(shell: Shell, program: Command): string {
  const all = wordsOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;
    case 'fish':
      return fish(all);
    default:
      return assertNever(shell);
  }
}

function wordsOf(command: Command, path: readonly string[]): Words[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const [first] = command.registeredArguments;
  const own = {
    command: path.join(' '),
    subcommands: subcommands.map((each) => ({
      name: each.name(),
      description: firstClause(each.description()),
    })),
    options: help.visibleOptions(command).flatMap(({ long, short, description, required, optional }) =>
      typeof long === 'string'
        ? [
            {
              long,
              short: short ?? undefined,
              description: firstClause(description),
              hasValue: required || optional,
            },
          ]
        : [],
    ),
    names: NAMED_KINDS.find((kind) => kind === first?.name()),
    repeats: first?.variadic ?? false,
  };
  return [own, ...subcommands.flatMap((each) => wordsOf(each, [...path, each.name()]))];
}

/** Returns the first clause, because a line in a completion menu does not have room for more. */
function firstClause(text: string): string {
  return text.split(/[;:(,]/)[0]?.trim() ?? '';
}

function bash(all: readonly Words[]): string {
  const cases = all.map(({ command, subcommands, options, names, repeats }) => {
    const choices = [...subcommands.map(({ name }) => name), ...options.map(({ long }) => long)].join(' ');
    const kind =
      names === undefined ? '' : repeats ? ` kind=${names}` : ` [[ $count -gt 0 ]] || kind=${names}`;
    return `    '${command}') choices='${choices}'${kind === '' ? '' : `;${kind}`} ;;`;
  });
  const valued = new Set(
    all.flatMap(({ options }) =>
      options.flatMap(({ long, short, hasValue }) => (hasValue ? [long, short ?? long] : [])),
    ),
  );
  // Names are only characters that no shell interprets (complete-names.ts), so they may be split into words.
  return `# Completion of muster: source <(muster completion bash)
_muster() {
  local current="\${COMP_WORDS[COMP_CWORD]}" at='' word choices='' kind='' count=0 skip=''
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    if [[ -n "$skip" ]]; then skip=''; continue; fi
    case "$at $word" in
${all
  .filter(({ command }) => command !== '')
  .map(({ command }) => `      '${[parent(command), last(command)].join(' ')}') at='${command}' ;;`)
  .join('\n')}
      *) case "$word" in
${valued.size === 0 ? '' : `        ${[...valued].sort().join('|')}) skip=1 ;;\n`}        -*) ;;
        *) count=$((count + 1)) ;;
      esac ;;
    esac
  done
  case "$at" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
  if [[ -n "$skip" ]]; then COMPREPLY=()
  elif [[ -n "$kind" && "$current" != -* ]]; then
    COMPREPLY=("\${COMPREPLY[@]}" $("\${COMP_WORDS[0]}" ${COMPLETE_NAMES} "$kind" "$current" 2>/dev/null))
  fi
  if [[ \${#COMPREPLY[@]} -eq 0 && "$current" != -* ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _muster muster
`;
}

function fish(all: readonly Words[]): string {
  const lines = all.flatMap(({ command, subcommands, options, names }) => {
    const taken = subcommands.map(({ name }) => name).join(' ');
    const seen =
      command === ''
        ? ['__fish_use_subcommand']
        : command.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
    const condition = [
      ...seen,
      ...(taken === '' || command === '' ? [] : [`not __fish_seen_subcommand_from ${taken}`]),
    ].join('; and ');
    const when = ` -n '${condition}'`;
    return [
      ...(names === undefined
        ? []
        : [
            `complete -c muster${when} -f -a '(muster ${COMPLETE_NAMES} ${names} (commandline -ct) 2>/dev/null)'`,
          ]),
      ...subcommands.map(
        ({ name, description }) => `complete -c muster${when} -f -a ${name} -d ${quoted(description)}`,
      ),
      ...options.map(
        ({ long, short, description }) =>
          `complete -c muster${when} -l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`} -d ${quoted(description)}`,
      ),
    ];
  });
  return `# Completion of muster: muster completion fish | source\n${lines.join('\n')}\n`;
}

function parent(command: string): string {
  return command.split(' ').slice(0, -1).join(' ');
}

function last(command: string): string {
  return command.split(' ').at(-1) ?? '';
}

function quoted(text: string): string {
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
