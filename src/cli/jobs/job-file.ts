import type { Cluster } from '../shared/client.js';
import { parseStructured, readText } from '../shared/structured-file.js';

type Job = Cluster['JobSubmission'];

/** Reads a job file. Our own format is passed on unchanged, for the server to validate; a Nomad job is converted. `-` is standard input. */
export async function readJob(file: string): Promise<Job> {
  const text = await readText(file);
  if (!isOfNomad(file, text)) return parseStructured(text, file) as Job;
  // Loaded on demand, because the HCL parser is large.
  const { readNomadJob } = await import('./nomad-file.js');
  return await readNomadJob(text, file);
}

/** Recognizes a Nomad job by the file name, or else by its content: HCL starts with a job block, JSON has `job` or `Job`, or is a job from Nomad's API. */
export function isOfNomad(file: string, text: string): boolean {
  if (/\.(hcl|nomad|nomad\.json)$/.test(file)) return true;
  const first = text.split('\n').find((line) => !/^\s*(#|\/\/|$)/.test(line)) ?? '';
  if (!/^\s*\{/.test(first)) return /^\s*job\s*"/.test(first);
  const said = parsed(text);
  return (
    said !== undefined && !('task_groups' in said) && ['job', 'Job', 'TaskGroups'].some((key) => key in said)
  );
}

function parsed(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
