import type { Cluster } from './client.js';
import { parseStructured, readText } from './structured-file.js';

type Job = Cluster['JobSubmission'];

/** What the file of a job asks for, as it is submitted: ours as it stands, the server judges it; one of Nomad as a job of ours. `-` is standard input. */
export async function readJob(file: string): Promise<Job> {
  const text = await readText(file);
  if (!isOfNomad(file, text)) return parseStructured(text, file) as Job;
  // Few ask for it, and HCL's parser is large.
  const { readNomadJob } = await import('./nomad-file.js');
  return await readNomadJob(text, file);
}

/** By its name, else by what it says: HCL begins with its job, JSON has it as `job` (or `Job`), or is what Nomad's API answers. */
export function isOfNomad(file: string, text: string): boolean {
  if (/\.(hcl|nomad|nomad\.json)$/.test(file)) return true;
  const first = text.split('\n').find((line) => !/^\s*(#|\/\/|$)/.test(line)) ?? '';
  if (!/^\s*\{/.test(first)) return /^\s*job\s*"/.test(first);
  const said = parsed(text);
  return said !== undefined && !('task_groups' in said) && ['job', 'Job', 'TaskGroups'].some((key) => key in said);
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
