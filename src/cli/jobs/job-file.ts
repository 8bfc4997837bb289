import { isNomadText } from '#src/engine/nomad-text.js';
import type { Cluster } from '../shared/client.js';
import { readText } from '../shared/structured-file.js';
import { parseStructured } from '../shared/structured-text.js';

type Job = Cluster['JobSubmission'];

/** Reads a job file. Muster's own format is passed on unchanged for the server to validate. A Nomad job is converted. `-` is standard input. */
export async function readJob(file: string): Promise<Job> {
  const text = await readText(file);
  if (!isOfNomad(file, text)) return parseStructured(text, file) as Job;
  // Loaded on demand, because the HCL parser is large.
  const { readNomadJob } = await import('./nomad-file.js');
  return await readNomadJob(text, file);
}

/** Returns whether a file is a Nomad job, based on its name or else on its content. */
export function isOfNomad(file: string, text: string): boolean {
  return /\.(hcl|nomad|nomad\.json)$/.test(file) || isNomadText(text);
}
