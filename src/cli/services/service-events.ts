import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { connect, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { serviceEventTable } from './service-events-view.js';
import { wholeNumber } from '../shared/whole-number.js';
import { findService } from './find-service.js';

interface EventsOptions extends NamingOptions {
  readonly limit?: string;
  readonly before?: string;
}

export function addServiceEventsCommand(service: Command): void {
  remoteReadNamed(service.command('events <service>'))
    .description('list the events of a service, newest first')
    .option('-n, --limit <events>', 'maximum number of events (default: 50)')
    .option('--before <number>', 'only events before this one, for the next page')
    .action(events);
}

async function events(given: string, { limit, before, ...options }: EventsOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const query = {
    ...(limit !== undefined && { limit: wholeNumber(limit, '--limit') }),
    ...(before !== undefined && { before: wholeNumber(before, '--before') }),
  };
  const body = await bodyOf(
    api.GET('/api/v1/services/{id}/events', {
      params: { ...(await findService(api, given, options)), query },
    }),
  );
  if (format === 'json') printJson(body);
  else printLines(serviceEventTable(body, look));
}
