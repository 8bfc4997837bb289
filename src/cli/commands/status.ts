import type { Command } from 'commander';
import { z } from 'zod';
import { bodyOf } from '../client.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { statusLines } from '../views/status.js';

const readiness = z.object({ status: z.string().optional(), error: z.string().optional() });

/** `muster status` */
export function addStatusCommand(program: Command): void {
  remote(program.command('status'))
    .description('how the server is, how many tasks and workers there are, and how the runs of today fared, for the account that is logged in (muster login)')
    .option('--timezone <zone>', 'whose day today is, as Europe/Berlin', 'UTC')
    .action(status);
}

async function status({ timezone, ...options }: RemoteOptions & { readonly timezone: string }): Promise<void> {
  const { api, address, format } = connect(options);
  const { data } = await bodyOf(api.GET('/api/system/status', { params: { query: { timezone } } }));
  if (format === 'json') printJson(data);
  else printLines(statusLines(data, timezone, await readinessAt(address)));
}

/** What the server says of itself, such as `ok`, or `degraded:` with the checks that fail. */
async function readinessAt(address: string): Promise<string> {
  const response = await fetch(`${address}/readyz`);
  const { status, error } = readiness.parse(await response.json());
  return status ?? error ?? `HTTP ${response.status}`;
}
