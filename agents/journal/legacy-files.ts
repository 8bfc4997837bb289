import { readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorFields, type AgentLog } from '../log.js';
import { syncDirectory } from './durable-file.js';
import { allocationRecord, type AllocationRecord } from './record.js';

const LIST = 'forgotten.list';

/** The journal format of older agents: a file for each allocation, and a list of the ids whose files are gone. */
export interface LegacyFiles {
  readonly records: readonly AllocationRecord[];
  readonly forgotten: readonly string[];
  readonly unreadable: readonly string[];
  remove(): Promise<void>;
}

export async function readLegacyFiles(directory: string, log: AgentLog): Promise<LegacyFiles | undefined> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json') || name === LIST).sort();
  if (names.length === 0) return undefined;
  const records: AllocationRecord[] = [];
  const unreadable: string[] = [];
  let forgotten: string[] = [];
  for (const name of names) {
    const file = path.join(directory, name);
    const text = await readFile(file, 'utf8');
    if (name === LIST) {
      forgotten = text.split('\n').filter((id) => id !== '');
      continue;
    }
    try {
      records.push(allocationRecord.parse(JSON.parse(text)));
    } catch (error) {
      log.error({ file, ...errorFields(error) }, 'agent.journal.unreadable');
      await rename(file, `${file}.unreadable`);
      unreadable.push(path.basename(name, '.json'));
    }
  }
  const remove = async (): Promise<void> => {
    for (const name of names) await rm(path.join(directory, name), { force: true });
    await syncDirectory(directory);
  };
  return { records, forgotten, unreadable, remove };
}
