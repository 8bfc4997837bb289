import type { Command } from 'commander';
import { z } from 'zod';
import { bodyOf } from '../shared/client.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { statusLines } from './status-view.js';

const readiness = z.object({ status: z.string().optional(), error: z.string().optional() });

export function addStatusCommand(program: Command): void {
  remote(program.command('status'))
    .description(
      'show the state of the server, the number of tasks and workers, and the results of the runs of today (log in first)',
    )
    .option('--timezone <zone>', 'time zone that defines today, such as Europe/Berlin', 'UTC')
    .action(status);
}

async function status({
  timezone,
  ...options
}: RemoteOptions & { readonly timezone: string }): Promise<void> {
  const { api, address, format } = connect(options);
  const { data } = await bodyOf(api.GET('/api/system/status', { params: { query: { timezone } } }));
  if (format === 'json') printJson(data);
  else printLines(statusLines(data, timezone, await readinessAt(address)));
}

async function readinessAt(address: string): Promise<string> {
  const response = await fetch(`${address}/readyz`);
  const { status, error } = readiness.parse(await response.json());
  return status ?? error ?? `HTTP ${response.status}`;
}
