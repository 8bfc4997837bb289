import { dirname } from 'node:path';
import { ROUNDS, type Calls, type Way, type Ways } from './ways.js';

const BEGIN = '<!-- traced: node dist/test/docs/write-ways.js -->\n';
const END = '<!-- end of what was traced -->';

/** Formats the two ways as Markdown for `docs/architecture.md`. */
export function written({ command, event }: Ways): string {
  return [
    ...section('`POST /jobs`, until its event is on the disk', command),
    ...section('An event, until its GET', event),
  ].join('\n');
}

function section(title: string, { chain, asked }: Way): string[] {
  const passed = new Set(chain.flatMap(([, files]) => files));
  const lists = asked.map(
    ([thread, calls]) => [thread, mostly(calls).filter((file) => !passed.has(file))] as const,
  );
  return [
    `### ${title}: ${counted([...passed])}`,
    '',
    ...chain.map(([part, files]) => `- ${part}: ${files.map((file) => `\`${file}\``).join(' → ')}`),
    '',
    `Also called: ${counted(lists.flatMap(([, files]) => files))}.`,
    '',
    ...lists.flatMap(([thread, files]) => [`- ${thread}:`, ...byFolder(files)]),
    '',
  ];
}

/** Returns the files that were called in most rounds. */
function mostly(calls: Calls): string[] {
  return [...calls].flatMap(([file, rounds]) => (2 * rounds > ROUNDS ? [file] : [])).sort();
}

/** Returns the counts of a heading, such as `14 files in 6 folders of 5 rooms`. */
export function counted(files: readonly string[]): string {
  return `${new Set(files).size} files in ${new Set(files.map((file) => dirname(file))).size} folders of ${new Set(files.map(roomOf)).size} rooms`;
}

/** A room is a folder directly below `src/engine`, `src/fleet` or `src/surfaces`, another folder of `src`, or another top-level folder. */
function roomOf(file: string): string {
  return /^(?:src\/(?:engine|fleet|surfaces)\/[^/]+|src\/[^/]+|[^/]+)/.exec(file)?.[0] ?? file;
}

function byFolder(files: readonly string[]): string[] {
  const folders = [...new Set(files.map((file) => dirname(file)))];
  return folders.map(
    (folder) =>
      `  - ${files
        .filter((file) => dirname(file) === folder)
        .map((file) => `\`${file}\``)
        .join(', ')}`,
  );
}

export interface WrittenWay {
  readonly heading: string;
  readonly chain: Lists;
  readonly askedHeading: string;
  readonly asked: Lists;
}

/** Files by part of the way or by thread. */
type Lists = ReadonlyMap<string, readonly string[]>;

export function waysIn(page: string): { readonly command: WrittenWay; readonly event: WrittenWay } {
  const [command = '', event = ''] = page
    .slice(...bounds(page))
    .split(/^### /m)
    .slice(1);
  return { command: wayIn(command), event: wayIn(event) };
}

function wayIn(text: string): WrittenWay {
  const [chain = '', asked = ''] = text.split(/^(?=Also called:)/m);
  return {
    heading: headOf(chain),
    chain: listsIn(chain),
    askedHeading: headOf(asked),
    asked: listsIn(asked),
  };
}

function headOf(text: string): string {
  return text.slice(0, text.indexOf('\n'));
}

function listsIn(text: string): Lists {
  const [, ...lists] = text.split(/^- /m);
  return new Map(
    lists.map((list) => [
      list.slice(0, list.indexOf(':')),
      [...list.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    ]),
  );
}

export function withWays(page: string, ways: string): string {
  const [begin, end] = bounds(page);
  return page.slice(0, begin) + ways + page.slice(end);
}

function bounds(page: string): [begin: number, end: number] {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  const end = page.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error('the page does not say where the ways stand');
  return [begin, end];
}
