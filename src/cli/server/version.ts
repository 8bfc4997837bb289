import type { Command } from 'commander';
import { CLUSTER_LEVEL } from '#domain/kernel/event/cluster-level.js';
import { parseFormat, printFields, printJson } from '../shared/output.js';
import { version } from '#src/engine/version.js';

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description(
      'show the version of Muster, of Node.js and of the time zone database, and the supported cluster level',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async ({ output }: { readonly output: string }) => {
      const { ZONE_DATA_VERSION } = await import('#domain/tasks/schedule/index.js');
      const shown = {
        version: version(),
        node: process.version,
        zone_data: ZONE_DATA_VERSION,
        platform: `${process.platform}-${process.arch}`,
        cluster_level: CLUSTER_LEVEL,
      };
      if (parseFormat(output) === 'json') printJson(shown);
      else
        printFields([
          ['Muster', shown.version],
          ['Node', shown.node],
          ['Time zones', shown.zone_data],
          ['Platform', shown.platform],
          ['Cluster level', String(shown.cluster_level)],
        ]);
    });
}
