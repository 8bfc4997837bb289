import type { z } from 'zod';
import { describeIssues } from '#domain/kernel/errors/index.js';
import { taskGroups } from '#domain/jobs/job/specification.js';
import { contractGroupOf } from '#domain/protocol/index.js';
import { isNomadText } from '#domain/nomad/text.js';
import { readJobFile, readStructuredText } from '#src/features/job-files/index.js';
import { errors, json, type Scope } from '#src/http/index.js';
import type { SubmitBody } from '../contract.js';
import { parseBody, parsedJob } from '../parse-contract.js';
import { ofStreams, type ClusterSurface } from '../surface.js';

type Parsed = z.input<typeof parsedJob>;

/** Maximum number of problems that are listed. */
const MAX_PROBLEMS = 50;

/** Parses job files for clients that have no parser, such as the web console. */
export function jobParser(scope: Scope, { submitBody }: ClusterSurface): void {
  scope.post(
    '/jobs/parse',
    {
      config: ofStreams,
      schema: {
        tags: ['jobs'],
        operationId: 'cluster_parseJob',
        summary: 'Parse a job file',
        description:
          'Extension. Takes a job file in YAML or JSON, or a Nomad job file in HCL or JSON. Returns the job, or each problem with its line and column. Nothing is written.',
        body: parseBody,
        response: { 200: json('The job, or the problems', parsedJob), ...errors(400) },
      },
    },
    async (request) => await parse(submitBody, request.body.text),
  );
}

async function parse(submitBody: SubmitBody, text: string): Promise<Parsed> {
  if (isNomadText(text)) return await parseNomad(text);
  const read = readStructuredText(text);
  if (!('data' in read)) return refused([{ ...read.place, field: null, problem: read.problem }]);
  const { error } = submitBody.safeParse(read.data);
  if (error === undefined) return { job: read.data as Record<string, unknown>, problems: [] };
  return refused(
    describeIssues(error.issues)
      .slice(0, MAX_PROBLEMS)
      .map(({ field, path, problem }) => ({ ...read.placeOf(path), field: field ?? null, problem })),
  );
}

async function parseNomad(text: string): Promise<Parsed> {
  const reading = await readJobFile(text, { defaults: true });
  if ('problems' in reading)
    return refused(
      reading.problems
        .slice(0, MAX_PROBLEMS)
        .map(({ path, place, problem }) => ({ ...place, field: path === '' ? null : path, problem })),
    );
  const { task_groups, ...rest } = reading.job;
  const groups = taskGroups.safeParse(task_groups);
  if (!groups.success) {
    return refused(
      describeIssues(groups.error.issues)
        .slice(0, MAX_PROBLEMS)
        .map(({ field, problem }) => ({ line: 1, column: 1, field: `group${field ?? ''}`, problem })),
    );
  }
  const job = { ...rest, task_groups: groups.data.map(contractGroupOf) };
  // Undefined fields are left out of the JSON.
  return { job: JSON.parse(JSON.stringify(job)) as Record<string, unknown>, problems: [] };
}

function refused(problems: Parsed['problems']): Parsed {
  return { job: null, problems };
}
