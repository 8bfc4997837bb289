import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { connect, remoteNamed, type NamingOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { usageTable } from './service-usage-view.js';
import { findService } from './find-service.js';

export function addServiceMetricsCommand(service: Command): void {
  remoteNamed(service.command('metrics <service>'))
    .description(
      'show the current resource usage of the instances of a service and that of the last hour (-o json: one point every 30 seconds)',
    )
    .action(metrics);
}

async function metrics(given: string, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const usage = await bodyOf(
    api.GET('/api/v1/services/{id}/metrics/history', { params: await findService(api, given, options) }),
  );
  if (format === 'json') printJson(usage);
  else printLines(usageTable(usage, look));
}
