import type { Command } from 'commander';
import { bodyOf } from '../client.js';
import { findClaim } from '../lookup.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printLines } from '../output.js';
import { claimPage, claimTable } from '../views/claim.js';
import { createClaim, type ClaimCreateOptions } from './claim-create.js';
import { printClaimLogs, type ClaimLogsOptions } from './claim-logs.js';

/** `muster claim …` */
export function addClaimCommands(program: Command): void {
  const claim = program
    .command('claim')
    .description('claims of GPUs, of the account that is logged in (muster login); one is named by its id, or by an unambiguous beginning of it');
  remote(claim.command('create <image>'))
    .description('claim whole GPUs for a container of this image')
    .option('--gpus <count>', 'how many, all on one node', '1')
    .option('--command <words>', "words for the image's entrypoint, split as a shell would; default: what the image runs")
    .option('--arg <word>', 'a further word as it is; may be given again', several)
    .option(
      '--env <name[=value]>',
      'a variable of the container; a name alone takes the value that it has here, so that a secret stands in no argument; may be given again',
      several,
    )
    .option('-p, --port <port>', 'a port of the container that is to be reached from outside: `claim status` says where; may be given again', several)
    .action(async (image: string, options: ClaimCreateOptions) => await createClaim(image, options));
  remote(claim.command('list')).description('your claims; an administrator sees all').action(list);
  remote(claim.command('status <claim>')).description('one claim, why it waits, and what was decided about it').action(status);
  remote(claim.command('logs [claim]'))
    .description('print what its container writes, output and errors in one, as it is; with -o json a line of JSON for each of its lines')
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'begin with the last lines')
    .option('-a, --all', 'of every claim of yours whose log is kept, each line with its claim')
    .action(async (given: string | undefined, options: ClaimLogsOptions) => await printClaimLogs(given, options));
  remote(claim.command('release <claim>')).description('stop its container and give its GPUs back').action(release);
}

/** Of an option that may be given again. */
function several(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, given];
}

async function list(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/api/gpu-claims'));
  if (format === 'json') printJson(body);
  else printLines(claimTable(body.gpu_claims));
}

async function status(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const claim = await findClaim(api, given);
  const { events } = await bodyOf(api.GET('/api/gpu-claims/{id}/events', { params: { path: { id: claim.id } } }));
  if (format === 'json') printJson({ ...claim, events });
  else printLines(claimPage(claim, events));
}

async function release(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const { id } = await findClaim(api, given);
  const body = await bodyOf(api.DELETE('/api/gpu-claims/{id}', { params: { path: { id } } }));
  if (format === 'json') printJson(body);
  else
    printFields([
      ['Claim', id],
      ['Message', 'released'],
    ]);
}
