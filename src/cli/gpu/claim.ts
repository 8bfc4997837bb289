import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { lineTimeOptions } from '../shared/log-stream.js';
import { findClaim } from '../shared/lookup.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { CLAIM_LIST, claimPage } from './claim-view.js';
import { createClaim, type ClaimCreateOptions } from './claim-create.js';
import { printClaimLogs, type ClaimLogsOptions } from './claim-logs.js';

export function addClaimCommands(program: Command): void {
  const claim = program
    .command('claim')
    .description(
      'manage your GPU claims (log in first); refer to a claim by its id or a unique prefix of it',
    );
  remote(claim.command('create <image>'))
    .description('claim whole GPUs and run a container from an image on them')
    .option('--gpus <count>', 'number of GPUs, all on one node', '1')
    .option(
      '--command <words>',
      "arguments for the image's entrypoint, split like in a shell (default: those of the image)",
    )
    .option('--arg <word>', 'additional argument, passed unchanged; may be repeated', collect)
    .option(
      '--env <name[=value]>',
      'environment variable of the container; a name without a value passes on the value from your own environment, which keeps secrets off the command line; may be repeated',
      collect,
    )
    .option('--shm-size <mebibytes>', 'size of /dev/shm; counts as memory (default: 64)')
    .option(
      '-p, --port <port>',
      'container port to publish; "claim status" shows the address; may be repeated',
      collect,
    )
    .action(async (image: string, options: ClaimCreateOptions) => await createClaim(image, options));
  remoteList(claim.command('list'), CLAIM_LIST)
    .description('list your claims; administrators see all claims')
    .action(list);
  remoteRead(claim.command('status <claim>'))
    .description('show a claim, why it is waiting, and its history')
    .action(status);
  lineTimeOptions(remote(claim.command('logs [claim]')))
    .description(
      'print the output of the container of a claim, stdout and stderr combined; with -o json, one JSON object per line',
    )
    .option('-f, --follow', 'follow the log')
    .option('-n, --tail <lines>', 'number of lines to show from the end of the log')
    .option('-a, --all', 'print the logs of all your claims, and prefix each line with its claim')
    .action(
      async (given: string | undefined, options: ClaimLogsOptions) => await printClaimLogs(given, options),
    );
  remote(claim.command('release <claim>'))
    .description('stop the container of a claim and release its GPUs')
    .action(release);
}

function collect(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, given];
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { gpu_claims: claims } = await bodyOf(
    api.GET('/api/gpu-claims', { params: { query: firstPage(options) } }),
  );
  await printList(CLAIM_LIST, options, claims, (shown) => ({ gpu_claims: shown, count: shown.length }));
}

async function status(given: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const claim = await findClaim(api, given);
  const { events } = await bodyOf(
    api.GET('/api/gpu-claims/{id}/events', { params: { path: { id: claim.id } } }),
  );
  if (format === 'json') printJson({ ...claim, events });
  else printLines(claimPage(claim, events, look));
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
