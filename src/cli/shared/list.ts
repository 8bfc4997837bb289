import { Option, type Command } from 'commander';
import { variable } from '#agents/platform/environment.js';
import type { Api } from './client.js';
import { Failure } from './failure.js';
import { connect, remoteRead, type RemoteOptions } from './options.js';
import { printJson, printLines, printSafeLines, warnLine } from './output.js';
import { headingText, lookOf, placeOfKind, tableLines, type Heading, type Look } from './table.js';
import { wholeNumber } from './whole-number.js';

/** How a list is shown: one row for each item. */
export interface ListView<Item> {
  readonly headings: readonly Heading[];
  readonly row: (item: Item) => readonly string[];
  /** Returns the name, or else the id, by which other commands refer to the item. */
  readonly name: (item: Item) => string;
  /** Words that `--status` accepts. None: the list has no such option. */
  readonly statuses?: readonly string[];
}

const LIST_FORMATS = ['table', 'wide', 'json', 'yaml', 'name'] as const;

export interface ListOptions extends RemoteOptions {
  readonly output: (typeof LIST_FORMATS)[number];
  readonly headers: boolean;
  readonly color: 'auto' | 'always' | 'never';
  readonly prefix?: string;
  readonly status?: string;
  readonly sort?: string;
  readonly limit?: number;
}

/**
 * Adds the options of a command that lists items, including those of {@link remoteRead}.
 * @param other what the command lists instead, on request
 */
export function remoteList<Item, Other>(
  command: Command,
  view: ListView<Item>,
  other?: ListView<Other>,
): Command {
  return listing(remoteRead(command, formatOption()), view, other?.headings);
}

/** Adds the options of a command that lists what this machine has, without a server. */
export function localList<Item>(command: Command, view: ListView<Item>): Command {
  return listing(command.addOption(formatOption().default('table')), view);
}

function formatOption(): Option {
  return new Option('-o, --output <format>', 'format of the list').choices(LIST_FORMATS);
}

function listing<Item>(
  command: Command,
  { headings, statuses }: ListView<Item>,
  others: readonly Heading[] = [],
): Command {
  const columns = columnsOf([...headings, ...others]);
  command
    .option('--no-headers', 'omit the headings')
    .addOption(
      new Option('--color <when>', 'color the statuses (auto: on a terminal, unless NO_COLOR is set)')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--prefix <text>', 'only items whose name or id begins with this text');
  if (statuses !== undefined)
    command.addOption(new Option('--status <status>', 'only items with this status').choices([...statuses]));
  return command
    .addOption(
      new Option(
        '--sort <column>',
        `sort by a column (${columns.join(', ')}); a leading minus reverses the order`,
      ).argParser((text) => {
        checkSort(text, columns);
        return text;
      }),
    )
    .addOption(
      new Option('--limit <count>', 'show at most this many items').argParser((text) =>
        wholeNumber(text, '--limit'),
      ),
    );
}

export function isTable({ output }: ListOptions): boolean {
  return output === 'table' || output === 'wide';
}

/** Connects to the server. Lists have formats that other commands refuse. */
export function connectList(options: ListOptions): Api {
  return connect({ ...options, output: isTable(options) ? options.output : 'json' }).api;
}

/** What a server returns at once for a moment in the past. */
const PAGE = 1000;

/** Returns the `limit` to request: one more than is shown, to know whether there are more. Only the whole list can be filtered and sorted. */
export function firstPage({ prefix, status, sort, limit }: ListOptions): { readonly limit?: number } {
  const isPage = [prefix, status, sort].every((each) => each === undefined);
  return isPage && limit !== undefined && limit < PAGE ? { limit: limit + 1 } : {};
}

/**
 * Prints the wanted items in the wanted format.
 * @param body what `-o json` and `-o yaml` print, if these are the items
 */
export async function printList<Item>(
  view: ListView<Item>,
  options: ListOptions,
  items: readonly Item[],
  body: (items: readonly Item[]) => unknown,
): Promise<void> {
  const wanted = wantedItems(view, options, items);
  const shown = wanted.slice(0, options.limit);
  if (options.output === 'json') printJson(body(shown));
  else if (options.output === 'yaml') await printYaml(body(shown));
  else if (options.output === 'name') printLines(shown.map(view.name));
  else printSafeLines(listLines(view, shown, listLook(options), items));
  if (wanted.length > shown.length)
    warnLine('There are more: raise --limit, or choose with --prefix or the other options');
}

async function printYaml(value: unknown): Promise<void> {
  // This loads the YAML library, which tables do not need.
  const { yamlText } = await import('./yaml-text.js');
  printSafeLines([yamlText(value).trimEnd()]);
}

/** Returns the lines of a table of items. Ids are cut so that they also differ from those in `all`. */
export function listLines<Item>(
  { headings, row }: ListView<Item>,
  items: readonly Item[],
  look?: Look,
  all: readonly Item[] = items,
): string[] {
  return tableLines(headings, items.map(row), look, all.map(row));
}

function wantedItems<Item>(
  { headings, row, name }: ListView<Item>,
  { prefix, status, sort }: ListOptions,
  items: readonly Item[],
): readonly Item[] {
  const [ofId, ofStatus] = [placeOfKind(headings, 'id'), placeOfKind(headings, 'status')];
  const found = items.filter((item) => {
    const cells = row(item);
    const isOfPrefix =
      prefix === undefined || [name(item), cells[ofId] ?? ''].some((each) => each.startsWith(prefix));
    // The word may be followed by more, such as "online (disabled)".
    return isOfPrefix && (status === undefined || cells[ofStatus]?.split(' ')[0] === status);
  });
  if (sort === undefined) return found;
  checkSort(sort, columnsOf(headings));
  const place = headings.findIndex((each) => columnName(each) === sort.replace(/^-/, ''));
  const direction = sort.startsWith('-') ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true });
  return found
    .map((item) => ({ item, cell: row(item)[place] ?? '' }))
    .sort((one, other) => direction * collator.compare(one.cell, other.cell))
    .map(({ item }) => item);
}

function checkSort(sort: string, columns: readonly string[]): void {
  if (!columns.includes(sort.replace(/^-/, '')))
    throw new Failure(`--sort ${sort}: must be one of ${columns.join(', ')}`);
}

function columnsOf(headings: readonly Heading[]): string[] {
  return [...new Set(headings.map(columnName))];
}

function columnName(heading: Heading): string {
  return headingText(heading).toLowerCase().replaceAll(' ', '-');
}

function listLook({ color, headers, ...options }: ListOptions): Look {
  const isColored = process.stdout.isTTY && variable('NO_COLOR') === undefined;
  return { ...lookOf(options), headers, color: color === 'always' || (color === 'auto' && isColored) };
}
