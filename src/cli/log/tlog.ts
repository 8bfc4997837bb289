import { createReadStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { parseExportLine } from '#src/features/backup/index.js';
import {
  checkEvidence,
  compareWithCheckpoint,
  leavesOfTiles,
  noteInKept,
  parseVerifier,
  parseWitnessKey,
  readCheckpoint,
  tilePath,
  tilesOf,
  type KnownLeaves,
  type LeafEvent,
  type NoteVerifier,
  type TreeCheckpoint,
  type WitnessKey,
} from '#src/features/transparency/index.js';
import { reasonOf } from '#src/engine/system-error.js';
import type { components, operations } from '../generated/audit.js';
import { bodyOf, textOf, type Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { parseFormat, printFields, printJson, printLine, printPiece, type Format } from '../shared/output.js';
import { textLines } from '../shared/text-lines.js';
import { describeDifference, describeEvent } from './described-event.js';

type Evidence = operations['audit_readEvidence']['responses'][200]['content']['application/json'];

const KEY_HELP =
  'public key of the log, as printed by "muster tlog key", or a file that contains it; additional lines are keys of witnesses that must have cosigned';

/** `muster tlog` and `muster evidence` prove to others that the recorded events were not altered. */
export function addTlogCommands(program: Command, catalog: Pick<Catalog, 'isOwnStream'>): void {
  const tlog = program.command('tlog').description('prove that the recorded events were not altered');
  remote(tlog.command('key'))
    .description('print the public key that verifies checkpoints')
    .action(async (options: RemoteOptions) => {
      const { api, format } = connect(options);
      const vkey = (await keyOf(api)).trim();
      if (format === 'json') printJson({ vkey });
      else printLine(vkey);
    });
  remote(tlog.command('checkpoint'))
    .description(
      'print the latest signed checkpoint; store it where operators of the server cannot change it',
    )
    .action(async (options: RemoteOptions) => {
      const { api, format } = connect(options);
      const note = await checkpointOf(api);
      if (format === 'json') printJson({ ...plain(parsed(note)), note });
      else await printPiece(note);
    });
  remote(tlog.command('status'))
    .description(
      'show how many events are signed, and whether and where the log differs from what was signed',
    )
    .action(status);
  remote(tlog.command('adopt'))
    .description(
      'accept that the log was restored from an older copy: signing continues under a new name, and the reason is recorded for auditors',
    )
    .requiredOption('--reason <text>', 'why the log differs from what was signed')
    .action(adopt);
  remote(tlog.command('export'))
    .description('download the checkpoint, key, tiles and entries, in the layout of c2sp.org/tlog-tiles')
    .argument('<directory>', 'directory to create; it must not exist')
    .action(exportTiles);
  tlog
    .command('check')
    .description(
      'verify evidence, or an export of the whole log, without a server; exits 1 if it cannot be verified',
    )
    .argument('<file>', 'file written by "muster evidence" or "muster export"')
    .requiredOption('--key <key>', KEY_HELP)
    .option(
      '--checkpoint <file>',
      'checkpoint to compare an export with, or a directory created by "muster tlog export", which also reveals the first event that differs',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .action((file: string, options: CheckOptions) => check(file, options, catalog));
  remote(program.command('evidence'))
    .description('print an event with a proof that anyone can verify against the latest checkpoint')
    .argument(
      '<event>',
      'position (1199 or "#1199") or id of the event, as shown by muster history and events',
    )
    .option('--file <file>', 'file to create for the evidence; it must not exist')
    .action(evidence);
}

/** The keys that an auditor trusts. A checkpoint must have a valid signature for each of them. */
export interface AuditorKeys {
  readonly log: NoteVerifier;
  readonly witnesses: readonly WitnessKey[];
}

/** Reads the option `--key`: keys, or a file with keys. The first key is the log's, and all others are keys of witnesses. */
export function keysFrom(text: string): AuditorKeys {
  const isKey = parseVerifier(text.split('\n', 1)[0] ?? '') !== undefined;
  const [first = '', ...others] = (isKey ? text : readText(text, '--key'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const log = parseVerifier(first);
  if (log === undefined)
    throw new Failure('--key: must be a key such as muster/…+1a2b3c4d+AX…, or a file with one');
  const witnesses = others.map((line) => {
    const key = parseWitnessKey(line);
    if (key === undefined) throw new Failure(`--key: not a witness key: ${line}`);
    return key;
  });
  return { log, witnesses };
}

export interface KeptCheckpoint {
  readonly checkpoint: TreeCheckpoint;
  /** Hashes of the entries, if they were exported with the checkpoint. They are used to find the entry that differs. */
  readonly known?: KnownLeaves;
}

/** Reads a file with a checkpoint, or a directory from `muster tlog export`. Without a key, the signature is not verified. */
export function checkpointFrom(path: string, keys: AuditorKeys | undefined): KeptCheckpoint {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isDirectory ? join(path, 'checkpoint') : path;
  const text = readText(file, '--checkpoint');
  const checkpoint = readCheckpoint(noteInKept(text) ?? text, keys?.log, keys?.witnesses);
  if (typeof checkpoint === 'string') throw new Failure(`${file}: ${checkpoint}`);
  if (!isDirectory) return { checkpoint };
  const tile = (n: number, width: number): Buffer => {
    try {
      return readFileSync(join(path, 'tile', tilePath({ level: 0, n, width })));
    } catch (error) {
      throw new Failure(`--checkpoint: ${reasonOf(error)}`);
    }
  };
  return { checkpoint, known: leavesOfTiles(checkpoint.size, tile) };
}

async function status(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const now = await bodyOf(api.GET('/audit/tlog/status'));
  if (format === 'json') return printJson(now);
  const { fork } = now;
  printFields([
    ['State', now.state],
    ['Log', now.origin ?? '-'],
    ['Events', String(now.size)],
    ['Signed', String(now.signed)],
    ...now.witnesses.map(
      ({ name, cosigned, problem }) => [`Witness ${name}`, problem ?? `${cosigned} events cosigned`] as const,
    ),
    ...(now.problem === undefined ? [] : [['Problem', now.problem] as const]),
    ...(fork === undefined
      ? []
      : ([
          ['Signed root', `${fork.signed.root} (${fork.signed.size} events, ${fork.signed.origin})`],
          ['Current root', fork.log === undefined ? '-' : `${fork.log.root} (${fork.log.size} events)`],
          ['First difference', firstDifference(fork)],
        ] as const)),
  ]);
}

function firstDifference({ first }: components['schemas']['LogFork']): string {
  if (first === undefined) return 'unknown';
  const where = first.position === undefined ? 'the log ends before it' : `position ${first.position}`;
  return `entry ${first.index} (${where})`;
}

async function adopt({ reason, ...options }: RemoteOptions & { readonly reason: string }): Promise<void> {
  const { api, format } = connect(options);
  const adopted = await bodyOf(api.POST('/audit/tlog/adopt', { body: { reason } }));
  if (format === 'json') return printJson(adopted);
  printFields([
    ['Log', adopted.origin],
    ['Previously signed', `${adopted.signed.size} events (${adopted.signed.origin})`],
    ['Current events', String(adopted.log.size)],
  ]);
  printLine('give auditors the new key ("muster tlog key"), and explain why it changed');
}

async function evidence(event: string, options: RemoteOptions & { readonly file?: string }): Promise<void> {
  const { api, format } = connect(options);
  const [, number] = /^#?(\d{1,19})$/.exec(event) ?? [];
  const position = number ?? (await positionOf(api, event));
  const found = await bodyOf(
    api.GET('/audit/events/{position}/evidence', { params: { path: { position } } }),
  );
  if (options.file !== undefined) create(options.file, Buffer.from(`${JSON.stringify(found, null, 2)}\n`));
  if (format === 'json') printJson(found);
  else
    printFields([
      ['Event', describeEvent(found.event)],
      ['Event ID', found.event.id],
      ['Position', found.event.position],
      ...fieldsOf(parsed(found.proof.slice(found.proof.indexOf('\n\n') + 2))),
      ...(options.file === undefined ? [] : [['File', options.file] as const]),
    ]);
}

async function positionOf(api: Api, id: string): Promise<string> {
  const answer = api.GET('/audit/events', {
    params: { query: { direction: 'backwards', format: 'ndjson' } },
    parseAs: 'stream',
  });
  for await (const line of textLines(textOf(answer))) {
    const event = JSON.parse(line) as { readonly id: string; readonly position: string };
    if (event.id === id) return event.position;
  }
  throw new Failure(`no event has the id ${id}`);
}

interface CheckOptions {
  readonly key: string;
  readonly checkpoint?: string;
  readonly output: string;
}

async function check(
  file: string,
  options: CheckOptions,
  catalog: Pick<Catalog, 'isOwnStream'>,
): Promise<void> {
  const format = parseFormat(options.output);
  const keys = keysFrom(options.key);
  const text = await firstLine(file);
  const isExport = /^\{"export":"muster"/.test(text);
  if (isExport && options.checkpoint === undefined)
    throw new Failure(`${file} is an export: pass --checkpoint with the checkpoint to compare it with`);
  if (!isExport) {
    const { event, proof } = evidenceIn(file);
    const checkpoint = checkEvidence(event, proof, keys.log, keys.witnesses);
    if (typeof checkpoint === 'string') throw new Failure(`${file}: ${checkpoint}`);
    say(checkpoint, `${describeEvent(event)} is in the log`, format);
    return;
  }
  const { checkpoint, known } = checkpointFrom(options.checkpoint!, keys);
  const difference = await compareWithCheckpoint(exportedEvents(file, catalog), checkpoint, known);
  if (difference !== undefined) throw new Failure(`${file}: ${describeDifference(difference)}`);
  say(checkpoint, `the first ${checkpoint.size} events are those that were signed`, format);
}

function say(checkpoint: TreeCheckpoint, verdict: string, format: Format): void {
  if (format === 'json') printJson({ holds: true, ...plain(checkpoint) });
  else printFields([['Holds', verdict], ...fieldsOf(checkpoint)]);
}

async function exportTiles(directory: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const note = await checkpointOf(api);
  const checkpoint = parsed(note);
  mkdirSync(dirname(directory), { recursive: true });
  try {
    mkdirSync(directory);
  } catch (error) {
    throw new Failure(`${directory}: ${reasonOf(error)}`);
  }
  let files = 2;
  for (const tile of tilesOf(checkpoint.size)) {
    for (const level of tile.level === 0 ? ([0, 'entries'] as const) : [tile.level]) {
      const path = `tile/${tilePath({ ...tile, level })}`;
      create(join(directory, path), await tileOf(api, path));
      files += 1;
    }
  }
  create(join(directory, 'key'), Buffer.from(await keyOf(api)));
  // The checkpoint is written last, so a directory without one is incomplete.
  create(join(directory, 'checkpoint'), Buffer.from(note));
  if (format === 'json') printJson({ directory, files, ...plain(checkpoint) });
  else printFields([['Directory', directory], ['Files', String(files)], ...fieldsOf(checkpoint)]);
}

async function keyOf(api: Api): Promise<string> {
  return await bodyOf(api.GET('/audit/tlog/key', { parseAs: 'text' }));
}

async function checkpointOf(api: Api): Promise<string> {
  return await bodyOf(api.GET('/audit/tlog/checkpoint', { parseAs: 'text' }));
}

/** Tiles are not in the OpenAPI description, because it cannot describe paths of arbitrary depth. */
async function tileOf(api: Api, path: string): Promise<Buffer> {
  const answer = api.GET(`/audit/tlog/${path}` as '/audit/tlog/key', { parseAs: 'arrayBuffer' });
  return Buffer.from((await bodyOf(answer as Promise<{ data?: ArrayBuffer }>)) as ArrayBuffer);
}

function parsed(note: string): TreeCheckpoint {
  const checkpoint = readCheckpoint(note, undefined);
  if (typeof checkpoint === 'string') throw new Failure(`the server sent a bad checkpoint: ${checkpoint}`);
  return checkpoint;
}

function plain({ origin, size, root }: TreeCheckpoint): Record<string, unknown> {
  return { origin, size, root: root.toString('base64') };
}

function fieldsOf({ origin, size, root }: TreeCheckpoint): (readonly [string, string])[] {
  return [
    ['Log', origin],
    ['Checkpoint', `${size} events`],
    ['Root', root.toString('base64')],
  ];
}

function create(file: string, content: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new Failure(`${file}: ${reasonOf(error)}`);
  }
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`${option}: ${reasonOf(error)}`);
  }
}

function evidenceIn(file: string): Evidence {
  try {
    const value = JSON.parse(readText(file, 'file')) as Partial<Evidence>;
    if (typeof value.proof === 'string' && typeof value.event?.data === 'string') return value as Evidence;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Failure(`${file}: is neither evidence nor an export from Muster`);
}

async function firstLine(file: string): Promise<string> {
  for await (const line of linesOf(file)) return line;
  return '';
}

async function* exportedEvents(
  file: string,
  { isOwnStream }: Pick<Catalog, 'isOwnStream'>,
): AsyncGenerator<LeafEvent> {
  let number = 0;
  for await (const text of linesOf(file)) {
    const line = parseExportLine(text, (number += 1));
    if ('stream' in line && isOwnStream(line.stream)) yield line;
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* textLines(createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new Failure(`${file}: ${reasonOf(error)}`);
  }
}
