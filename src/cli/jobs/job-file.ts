import { isNomadText } from '#src/engine/nomad-text.js';
import type { Cluster } from '../shared/client.js';
import { parseStructured, readText } from '../shared/structured-file.js';

type Job = Cluster['JobSubmission'];

/** Reads a job file. Muster's own format is passed on unchanged for the server to validate. A Nomad job is converted. `-` is standard input. */
export async function readJob(file: string): Promise<Job> {
  return (await readSubmission(file)).job;
}

/** Like {@link readJob}, and says whether the file is a Nomad job. */
export async function readSubmission(
  file: string,
): Promise<{ readonly job: Job; readonly ofNomad: boolean }> {
  const text = await readText(file);
  if (!isOfNomad(file, text)) return { job: parseStructured(text, file) as Job, ofNomad: false };
  // Loaded on demand, because the HCL parser is large.
  const { readNomadJob } = await import('./nomad-file.js');
  return { job: await readNomadJob(text, file), ofNomad: true };
}

/** Returns whether a file is a Nomad job, based on its name or else on its content. */
export function isOfNomad(file: string, text: string): boolean {
  return /\.(hcl|nomad|nomad\.json)$/.test(file) || isNomadText(text);
}
