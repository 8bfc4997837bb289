import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Command } from 'commander';
import { completionScript } from '#src/cli/server/completion-script.js';

const program = new Command('muster');
const job = program.command('job').description("jobs: a user's work; and more");
job.command('status [job]').option('-o, --output <format>', 'table or json');
job.command('stop <job>').option('--purge', 'delete it');
program.command('hidden', { hidden: true });
program.command('version');

await t.test('completes commands, subcommands and options in bash, except hidden ones', async (t) => {
  const file = join(t.testdir(), 'muster.bash');
  writeFileSync(file, completionScript('bash', program));
  const complete = (...words: string[]): string[] => {
    const script = `source "$1"; shift; COMP_WORDS=(muster "$@"); COMP_CWORD=$#; _muster; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', file, ...words], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  };
  t.same(complete(''), ['job', 'version', '--help']);
  t.same(complete('job', 'st'), ['status', 'stop']);
  t.same(complete('job', 'status', '--'), ['--output', '--help']);
  t.same(complete('job', 'stop', 'web', '--p'), ['--purge']);
  t.same(complete('version', 'job', '--p'), [], 'words after a command are not commands');
});

await t.test('uses the bash script for zsh, and lists each command and option for fish', async (t) => {
  t.ok(completionScript('zsh', program).includes('bashcompinit'));
  const lines = completionScript('fish', program).split('\n');
  t.ok(lines.includes(`complete -c muster -n '__fish_use_subcommand' -f -a job -d 'jobs'`));
  t.ok(
    lines.includes(
      `complete -c muster -n '__fish_seen_subcommand_from job; and __fish_seen_subcommand_from status' -l output -s o -d 'table or json'`,
    ),
  );
  t.notOk(lines.some((line) => line.includes('hidden')));
});
