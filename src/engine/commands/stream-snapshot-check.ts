import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type AnyAggregate, categoryOf, CLUSTER_STREAM } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Finding } from '#domain/kernel/finding.js';
import { compareRecords, readSnapshot, type Bookmark } from '#src/engine/snapshots/index.js';
import { REMEMBERED_COMMANDS } from './command-executor.js';
import { catchUp, unread } from './stream-fold.js';
import { digestOf, ENDING, FOLDER, recordOf, type StateRecord } from './stream-snapshots.js';

const CHECK = 'stream-states';
const MAX_FINDINGS = 100;

export async function checkStreamSnapshots(
  store: EventStore,
  directory: string,
  aggregates: readonly AnyAggregate[],
): Promise<Finding[]> {
  const folder = join(directory, FOLDER);
  if (!existsSync(folder)) return [];
  const border = await newestClear(store);
  const aggregateOf = (stream: string): AnyAggregate | undefined =>
    aggregates.find(({ category }) => category === categoryOf(stream));
  const findings: Finding[] = [];
  for (const name of readdirSync(folder).filter((each) => each.endsWith(ENDING))) {
    findings.push(...(await checkFile(store, join(folder, name), aggregateOf, border)));
    if (findings.length >= MAX_FINDINGS) break;
  }
  return findings;
}

async function checkFile(
  store: EventStore,
  file: string,
  aggregateOf: (stream: string) => AnyAggregate | undefined,
  border: bigint,
): Promise<Finding[]> {
  let kept: StateRecord | undefined;
  const digest = (bookmark: Bookmark): string | undefined => {
    const aggregate = 'stream' in bookmark ? aggregateOf(bookmark.stream) : undefined;
    return aggregate?.state && digestOf(aggregate, border);
  };
  const reading = await readSnapshot(file, digest, store, (record) => (kept = record as StateRecord));
  if (reading.kind === 'damaged')
    return [{ check: CHECK, subject: basename(file), detail: `is damaged: ${reading.problem}` }];
  if (reading.kind !== 'read' || !('stream' in reading.bookmark)) return [];
  const { stream, revision } = reading.bookmark;
  const aggregate = aggregateOf(stream)!;
  const anew = await catchUp(
    store,
    aggregate,
    stream,
    unread(aggregate.decider.initialState),
    { border, rememberedCommands: REMEMBERED_COMMANDS },
    revision,
  );
  return compareRecords(
    CHECK,
    new Map([[stream, recordOf(aggregate.state!, anew)]]),
    new Map([[stream, kept]]),
  );
}

async function newestClear(store: EventStore): Promise<bigint> {
  let border = -1n;
  for await (const page of store.readStream(CLUSTER_STREAM))
    for (const { type, position } of page) if (type === 'ClusterCleared') border = position;
  return border;
}
