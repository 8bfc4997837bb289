import type { Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf } from '../shared/client.js';
import { momentOf } from '../shared/moment.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines, warnLine } from '../shared/output.js';
import { differenceLines } from './diff-view.js';
import { hostNamesFor } from '../shared/host-name.js';
import { changeTable } from './change-table.js';
import { objectIn, onObject } from './find-object.js';

interface Options extends RemoteOptions {
  readonly from: string;
  readonly to?: string;
}

/** `muster diff OBJECT` shows the differences between two moments of an object. */
export function addDiffCommand(program: Command): void {
  remote(program.command('diff'))
    .argument(
      '<object>',
      'kind and name or id: job:hello, node:…, allocation:…, task:7, run:7/3, service:…, claim:…',
    )
    .argument('[name]', 'the name or id, if the first argument is only the kind: job hello')
    .description('show how an object changed between two moments, and which events changed it')
    .requiredOption(
      '--from <time>',
      'the earlier moment: 14:32, "yesterday 14:32", -2h, 2026-11-20T14:32:00Z, or a position as "#18204"',
    )
    .option('--to <time>', 'the later moment, in the same formats (default: now)')
    .addHelpText('after', HELP)
    .action(showDifference);
}

const HELP = `
Examples:
  muster diff job:hello --from "yesterday 14:00" --to "yesterday 15:00"
  muster diff node:n1 --from -1h
  muster diff run:7/3 --from "#18204" -o json`;

async function showDifference(object: string, name: string | undefined, options: Options): Promise<void> {
  const { kind, given } = objectIn([object, name]);
  await onObject(
    connect(options).api,
    kind,
    given,
    async (id) => await showDifferenceOf(`${kind}:${id}`, options),
  );
}

async function showDifferenceOf(of: string, options: Options): Promise<void> {
  const { api, format, look } = connect(options);
  const now = systemClock.now();
  const query = {
    of,
    from: momentOf('--from', options.from, now),
    ...(options.to !== undefined && { to: momentOf('--to', options.to, now) }),
  };
  const difference = await bodyOf(api.GET('/audit/diff', { params: { query } }));
  if (format === 'json') return printJson(difference);
  printLines(differenceLines(difference));
  if (difference.events.length > 0)
    printLines(['', ...changeTable(difference.events, look, await hostNamesFor(look, api))]);
  if (difference.next !== null)
    warnLine(
      `There are more events: see them with muster history ${of} --from "#${difference.next}" --to "#${difference.to.position}"`,
    );
}
