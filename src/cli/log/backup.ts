import type { Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { backUp, restore } from '#src/features/backup/index.js';
import { openEventStoreReadOnly } from '#src/engine/event-store/index.js';
import { parseFormat, printFields, printJson } from '../shared/output.js';
import { Progress } from '../shared/progress.js';
import { boundVolumes, type BoundVolume } from './bound-volumes.js';

async function volumesIn(directory: string, catalog: Catalog): Promise<readonly BoundVolume[]> {
  const store = openEventStoreReadOnly(directory);
  try {
    return await boundVolumes(store, catalog);
  } finally {
    await store.close();
  }
}

/** Says for a service what to do if its volume is on a node that now has a different id. */
function boundField({ volume, service, kept, nodeId }: BoundVolume): readonly [string, string] {
  const whose = service === null ? 'Volume' : `${kept ? 'Deleted service' : 'Service'} ${service}`;
  return [
    whose,
    `its volume ${volume} is on the node ${nodeId}. If no agent has this id any more, start the agent that has the data with MUSTER_NODE_ID=${nodeId}, or run: muster volume rebind ${volume} --node NODE`,
  ];
}

export function addBackupCommands(program: Command, defaultDirectory: string, catalog: Catalog): void {
  program
    .command('backup')
    .description(
      'copy the event log and everything else that cannot be rebuilt into a new directory; the server may be running',
    )
    .argument('<target>', 'directory to create; it must be empty if it exists')
    .option('--data-dir <directory>', 'data directory to copy (MUSTER_DATA_DIR)', defaultDirectory)
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\nThe copy is checked before it gets its final name, so a directory that contains a backup.json is complete. It contains keys: protect it like the data directory.\nExit status: 0 success; 1 failure (the reason is on stderr).',
    )
    .action(async (target: string, options: { dataDir: string; output: string }) => {
      const format = parseFormat(options.output);
      const progress = new Progress(systemClock);
      const onProgress = ({ done, total }: { done: number; total: number }): void =>
        progress.show(`copied ${String(Math.round((100 * done) / Math.max(1, total)))} % of the log`);
      const manifest = await backUp({
        directory: options.dataDir,
        target,
        clock: systemClock,
        onProgress,
      }).finally(() => progress.end());
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
    .description(
      'restore a backup into a data directory that no server is using; the server rebuilds the read models when it starts',
    )
    .argument('<backup>', 'directory created by "muster backup"')
    .option('--data-dir <directory>', 'directory to restore into (MUSTER_DATA_DIR)', defaultDirectory)
    .option(
      '--force',
      'restore even if the directory contains files; they are moved aside within it, not deleted',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .addHelpText(
      'after',
      '\nEvery file of the backup is compared with its digest, and the log is checked, before anything is changed.\nExit status: 0 success; 1 failure (the reason is on stderr); 75 another process uses the data directory.',
    )
    .action(async (source: string, options: { dataDir: string; force?: boolean; output: string }) => {
      const format = parseFormat(options.output);
      const { manifest, putAside } = await restore({
        source,
        directory: options.dataDir,
        force: options.force === true,
        clock: systemClock,
      });
      const bound = await volumesIn(options.dataDir, catalog);
      if (format === 'json')
        printJson({
          directory: options.dataDir,
          events: manifest.events,
          position: manifest.position,
          takenAt: manifest.takenAt,
          putAside: putAside ?? null,
          volumes: bound.map(({ volume, service, kept, nodeId }) => ({
            volume,
            service,
            kept,
            node_id: nodeId,
          })),
        });
      else
        printFields([
          ['Restored', options.dataDir],
          ['Events', String(manifest.events)],
          ['Taken', new Date(manifest.takenAt).toISOString()],
          ['Set aside', putAside ?? '-'],
          [
            'Not in a backup',
            'the data in volumes of services (see muster volume restore), and the ids of nodes',
          ],
          ...bound.map(boundField),
        ]);
    });
}
