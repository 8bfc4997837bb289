import type { z } from 'zod';
import { serviceConfig } from '#domain/services/service/index.js';
import { tokensIn, type ServiceTemplateContent } from '#domain/services/template/index.js';
import { configOfJobFile } from './job-file-config.js';
import { serviceJobOf } from './service-job.js';
import { issueProblem } from '#domain/kernel/errors/index.js';

export interface TemplateProblem {
  readonly field: string;
  readonly problem: string;
}

/** Explains why no service can be created from a template, whatever the variables. Returns undefined if no problem is known. */
export async function templateProblem(content: ServiceTemplateContent): Promise<TemplateProblem | undefined> {
  const { config, jobFiles = {} } = content;
  const problem = configProblem(config);
  if (problem !== undefined) return { field: `config.${problem.field}`, problem: problem.problem };
  for (const name of Object.keys(jobFiles)) {
    const reading = await serviceJobOf(name, content);
    if ('problem' in reading) return { field: 'job_files', problem: reading.problem };
    const made = configOfJobFile(reading.job);
    const against = made.problem ?? inWords(configProblem(made.config));
    if (against !== undefined) return { field: 'job_files', problem: `${name}: ${against}` };
  }
  return 'image' in config || Object.keys(jobFiles).length > 0
    ? undefined
    : { field: 'config.image', problem: 'is required, unless job_files is set' };
}

/** Validates the configuration as far as it does not depend on variables, whose values are always strings. */
function configProblem(config: unknown): TemplateProblem | undefined {
  for (const issue of serviceConfig.safeParse(config).error?.issues ?? []) {
    if (issue.code === 'unrecognized_keys')
      return {
        field: [...issue.path, issue.keys[0]].join('.'),
        problem: 'is not a field of a service configuration',
      };
    const value = issue.path.reduce(
      (each: unknown, key) => (each as Record<PropertyKey, unknown> | undefined)?.[key],
      config,
    );
    if (tokensIn(value).length > 0 && !standsAnyway(issue, value)) continue;
    return { field: issue.path.join('.'), problem: issueProblem(issue) };
  }
  return undefined;
}

function standsAnyway({ code }: z.core.$ZodIssue, value: unknown): boolean {
  return code === 'invalid_key' || (code === 'invalid_type' && typeof value === 'string');
}

function inWords(problem: TemplateProblem | undefined): string | undefined {
  return problem && `is invalid at ${problem.field}: ${problem.problem}`;
}
