import type { Command } from 'commander';
import { z } from 'zod';
import { addressOfServer } from '#agents/platform/transport/server-address.js';
import { bodyOf, fetchFrom } from '../shared/client.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { statusLines } from './status-view.js';

const readiness = z.object({
  status: z.string().optional(),
  error: z.string().optional(),
  checks: z.array(z.object({ ok: z.boolean(), detail: z.string().optional() })).default([]),
});

export function addStatusCommand(program: Command): void {
  remoteRead(program.command('status'))
    .description(
      "show the state of the server, the number of tasks and workers, and the results of today's runs (log in first)",
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
  else printLines(statusLines(data, timezone, options.asOf === undefined ? await readinessAt(address) : '-'));
}

async function readinessAt(address: string): Promise<string> {
  const { origin, prefix } = addressOfServer(address);
  const response = await fetchFrom(address, new Request(`${origin}${prefix}/readyz?verbose`));
  const { status, error, checks } = readiness.parse(await response.json());
  const details = checks.flatMap(({ ok, detail }) => (ok || detail === undefined ? [] : [detail]));
  return `${status ?? error ?? `HTTP ${response.status}`}${details.length === 0 ? '' : ` (${details.join('; ')})`}`;
}
