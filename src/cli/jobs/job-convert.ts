import { Failure } from '../shared/failure.js';
import { printPiece } from '../shared/output.js';
import { yamlText } from '../shared/yaml-text.js';
import { readText } from '../files/read-text.js';
import { isOfNomad } from './job-file.js';
import { convertNomadJob } from './nomad-file.js';

/** Prints a Nomad job as a job file in YAML, and on standard error what is left out and why, with line and column. `-` is standard input. */
export async function convertJob(file: string): Promise<void> {
  const text = await readText(file);
  if (!isOfNomad(file, text)) throw new Failure(`${file}: this is no Nomad job`);
  await printPiece(yamlText(await convertNomadJob(text, file)));
}
