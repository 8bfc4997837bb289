import {
  jobOfNomad,
  partOfNomad,
  type JobFileProblem,
  type JobFileReading,
  type Located,
  type LocatedObject,
  type Place,
  type NomadJobOptions,
} from '#domain/nomad/index.js';
import { readHclPlaces } from './hcl-places.js';
import { readJson } from './json-places.js';
import { withTexts } from './merged.js';
import { parseHclApart } from './parser-thread.js';
import { UnreadableText } from './text-cursor.js';

export const MAX_JOB_FILE_TEXT = 65_536;
/** Maximum number of characters that may open a level in a reparsed text, because the parser might overflow its stack. */
const MAX_OPENED = 300;
/** Maximum length, in characters, of a text that is parsed again for a better message. */
const MAX_REPARSED_TEXT = 8192;

type Parsed = { readonly located: Located } | { readonly place: Place; readonly problem: string };

/** Parses a Nomad job file, in HCL or JSON (Nomad's JSON job format or that of its API), and maps it to a Muster job. */
export async function readJobFile(text: string, taken?: NomadJobOptions): Promise<JobFileReading> {
  const read = await readObject(text);
  return 'problems' in read ? read : jobOfNomad(read.located, taken);
}

/** Like {@link readJobFile}, but maps what has a counterpart. The problems say what does not. */
export async function readJobFilePart(
  text: string,
  taken?: NomadJobOptions,
): Promise<ReturnType<typeof partOfNomad>> {
  const read = await readObject(text);
  return 'problems' in read ? { job: undefined, ...read } : partOfNomad(read.located, taken);
}

async function readObject(
  text: string,
): Promise<{ readonly located: LocatedObject } | { readonly problems: readonly JobFileProblem[] }> {
  const parsed = await parse(text);
  if (!('located' in parsed)) return { problems: [{ path: '', ...parsed }] };
  const { located } = parsed;
  return located.kind === 'object'
    ? { located }
    : { problems: [{ path: '', place: located.place, problem: 'must be an object' }] };
}

async function parse(text: string): Promise<Parsed> {
  if (text.length > MAX_JOB_FILE_TEXT)
    return { place: { line: 1, column: 1 }, problem: `has more than ${MAX_JOB_FILE_TEXT} characters` };
  const isJson = /^\s*\{/.test(text);
  try {
    if (isJson) return { located: readJson(text) };
    const places = readHclPlaces(text);
    const result = await parseHclApart(text);
    return 'json' in result ? { located: withTexts(places, result.json) } : result;
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    const { place, problem, syntax } = error;
    const isReparsed =
      text.length <= MAX_REPARSED_TEXT && (text.match(/[([{?!-]/g) ?? []).length <= MAX_OPENED;
    const result = isJson || !syntax || !isReparsed ? undefined : await parseHclApart(text);
    return result === undefined || 'json' in result ? { place, problem } : result;
  }
}
