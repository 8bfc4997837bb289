import { Option, type Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { hostNamesFor } from '../shared/host-name.js';
import { momentOf } from '../shared/moment.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { parseFormat, printJson, printLine, printLines, warnLine } from '../shared/output.js';
import { lookOf, tableLines } from '../shared/table.js';
import { wholeNumber } from '../shared/whole-number.js';
import { changeTable } from './change-table.js';
import { objectIn, onObject } from './find-object.js';

interface HistoryOptions extends RemoteOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last: number;
  readonly output: string;
}

/** `muster history OBJECT` shows when and why an object changed. Without OBJECT, it shows which objects changed. */
export function addHistoryCommand(program: Command): void {
  historyOptions(program.command('history'))
    .argument(
      '[object]',
      'kind and name or id: job:hello, node:…, allocation:…, task:7, run:7/3, service:…, claim:…; if omitted, all objects that changed since --from',
    )
    .argument('[name]', 'the name or id, if the first argument is only the kind: job hello')
    .description('show when an object changed and what changed it, or which objects changed')
    .addHelpText('after', HELP)
    .action(showHistory);
}

/** `muster job history JOB` is `muster history job:JOB`. */
export function addJobHistoryCommand(job: Command): void {
  historyOptions(job.command('history <job>'))
    .description('show when a job changed and what changed it; a deleted job by its full id')
    .action(async (given: string, options: HistoryOptions) => await showHistory('job', given, options));
}

/** `muster alloc history ALLOCATION` is `muster history allocation:ALLOCATION`. */
export function addAllocationHistoryCommand(allocation: Command): void {
  historyOptions(allocation.command('history <allocation>'))
    .description(
      'show what happened to an allocation, and who ran which commands in it; one that is no longer listed by its full id',
    )
    .action(
      async (given: string, options: HistoryOptions) => await showHistory('allocation', given, options),
    );
}

/** Adds the options of `muster history` to a command. */
function historyOptions(command: Command): Command {
  return remote(command)
    .option(
      '--from <time>',
      'only changes since this time: 14:32, "yesterday 14:32", -2h, 2026-11-20T14:32:00Z, or a position as "#18204"',
    )
    .option('--to <time>', 'only changes until this time, in the same formats')
    .addOption(
      new Option('-n, --last <count>', 'number of most recent changes to show')
        .default(100)
        .argParser((text) => wholeNumber(text, '--last')),
    );
}

const HELP = `
Examples:
  muster history job:hello
  muster history node:n1 --from "yesterday 14:00" --to "yesterday 15:00"
  muster history run:7/3 -o json
  muster history --from -1h                 all objects that changed in the last hour`;

async function showHistory(
  of: string | undefined,
  name: string | undefined,
  options: HistoryOptions,
): Promise<void> {
  if (of === undefined) return await showChanged(options);
  const { kind, given } = objectIn([of, name]);
  await onObject(
    connect(options).api,
    kind,
    given,
    async (id) => await showChanges(`${kind}:${id}`, options),
  );
}

async function showChanged(options: HistoryOptions): Promise<void> {
  const format = parseFormat(options.output);
  const now = systemClock.now();
  if (options.from === undefined)
    throw new Failure(
      'specify an object, such as job:hello, or a moment with --from to see all objects that have changed since then',
    );
  const query = {
    from: momentOf('--from', options.from, now),
    ...(options.to !== undefined && { to: momentOf('--to', options.to, now) }),
    limit: options.last,
  };
  const answer = await bodyOf(connect(options).api.GET('/audit/changed', { params: { query } }));
  if (format === 'json') return printJson(answer);
  if (answer.objects.length === 0) return printLine('no objects changed in that period');
  printLines(
    tableLines(
      ['OBJECT', 'CHANGE', 'LAST'],
      answer.objects.map(({ object, change, position }) => [object, change, `#${position}`]),
      lookOf(options),
    ),
  );
  if (answer.next !== null)
    warnLine(`There are more changes: increase --last (up to 1000), or choose a shorter period.`);
}

/** Shows the changes of an object, such as `job:hello`. */
async function showChanges(of: string, options: HistoryOptions): Promise<void> {
  const format = parseFormat(options.output);
  const now = systemClock.now();
  const { api, look } = connect(options);
  const answer = await bodyOf(
    api.GET('/audit/changes', {
      params: {
        query: {
          of,
          limit: options.last,
          ...(options.from !== undefined && { from: momentOf('--from', options.from, now) }),
          ...(options.to !== undefined && { to: momentOf('--to', options.to, now) }),
        },
      },
    }),
  );
  if (format === 'json') return printJson(answer);
  if (answer.changes.length === 0) return printLine(`${of} did not change in that period`);
  printLines(changeTable([...answer.changes].reverse(), look, await hostNamesFor(look, api)));
  if (answer.next !== null) warnLine(`There are older changes: add --to "#${answer.next}" to see them.`);
}
