import type { Command } from 'commander';
import { systemClock } from '#agents/clock/system-clock.js';
import { backUp, restore } from '#src/engine/backup/index.js';
import { parseFormat, printFields, printJson } from '../output.js';
import { Progress } from '../progress.js';

/** `muster backup DIRECTORY` and `muster restore DIRECTORY`: the embedded stores, as one directory. */
export function addBackupCommands(program: Command, defaultDirectory: string): void {
  program
    .command('backup')
    .description('copy the event log and whatever else cannot be rebuilt into a new directory, next to a running server or without one')
    .argument('<target>', 'the directory that is made; it must not exist, or be empty')
    .option('--data-dir <directory>', 'where the stores are (MUSTER_DATA_DIR)', defaultDirectory)
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\nThe copy is checked before it gets its name: a directory with a backup.json is whole. It holds keys: keep it as you keep the data directory.\nExit status: 0 done; 1 not (the reason is on stderr).',
    )
    .action(async (target: string, options: { dataDir: string; output: string }) => {
      const format = parseFormat(options.output);
      const progress = new Progress(systemClock);
      const onProgress = ({ done, total }: { done: number; total: number }): void =>
        progress.show(`copied ${String(Math.round((100 * done) / Math.max(1, total)))} % of the log`);
      const manifest = await backUp({ directory: options.dataDir, target, clock: systemClock, onProgress }).finally(() => progress.end());
      if (format === 'json') printJson({ target, ...manifest });
      else
        printFields([
          ['Backup', target],
          ['Events', String(manifest.events)],
          ['Up to position', manifest.position ?? '-'],
          ['Files', manifest.files.map(({ name }) => name).join(', ')],
        ]);
    });

  program
    .command('restore')
    .description('put a backup into a data directory that no server uses; read models are rebuilt when the server starts')
    .argument('<backup>', 'a directory that "muster backup" made')
    .option('--data-dir <directory>', 'where it goes (MUSTER_DATA_DIR)', defaultDirectory)
    .option('--force', 'also where files are: they are put aside in it, not deleted')
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\nNothing is touched before every file of the backup was compared with its digest and the log was checked.\nExit status: 0 done; 1 not (the reason is on stderr); 75 a process uses the data directory.',
    )
    .action(async (source: string, options: { dataDir: string; force?: boolean; output: string }) => {
      const format = parseFormat(options.output);
      const { manifest, putAside } = await restore({ source, directory: options.dataDir, force: options.force === true, clock: systemClock });
      if (format === 'json')
        printJson({ directory: options.dataDir, events: manifest.events, position: manifest.position, takenAt: manifest.takenAt, putAside: putAside ?? null });
      else
        printFields([
          ['Restored', options.dataDir],
          ['Events', String(manifest.events)],
          ['Taken', new Date(manifest.takenAt).toISOString()],
          ['Put aside', putAside ?? '-'],
        ]);
    });
}
