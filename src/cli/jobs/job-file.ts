import { identifier } from '#domain/kernel/identifier.js';
import { contractJob, groupOfContract } from '#domain/protocol/index.js';
import { refusedConstraint } from '#domain/scheduling/index.js';
import { isNomadText } from '#domain/nomad/text.js';
import type { Cluster } from '../shared/client.js';
import { checkedText } from '../files/checked-file.js';
import { readText } from '../files/read-text.js';
import { refuseFile } from '../files/refused-file.js';

type Job = Cluster['JobSubmission'];

const submission = contractJob.extend({ job_id: identifier.optional() });

/**
 * Reads a job file. Muster's own format is checked and passed on unchanged. A Nomad job is converted, and standard error lists its fields that change
 * nothing in Muster. `-` is standard input.
 */
export async function readJob(file: string): Promise<Job> {
  const text = await readText(file);
  const job = isOfNomad(file, text)
    ? // Loaded on demand, because the HCL parser is large.
      await (await import('./nomad-file.js')).readNomadJob(text, file)
    : (checkedText(text, file, { kinds: ['job'], schema: submission }) as Job);
  const { data } = submission.safeParse(job);
  const refused = data && refusedConstraint({ ...data, task_groups: data.task_groups.map(groupOfContract) });
  if (refused !== undefined) return refuseFile(file, [`${file}: ${refused.field}: ${refused.problem}`]);
  return job;
}

/** Returns whether a file is a Nomad job, based on its name or else on its content. */
export function isOfNomad(file: string, text: string): boolean {
  return /\.(hcl|nomad|nomad\.json)$/.test(file) || isNomadText(text);
}
