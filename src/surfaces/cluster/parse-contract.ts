import { z } from 'zod';

/** Maximum length of a job file in characters. It also bounds the parsing time. */
const MAX_TEXT = 65_536;

export const parseBody = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .max(MAX_TEXT)
      .meta({ description: 'The job file', examples: ['job_id: hello\n'] }),
  })
  .meta({ id: 'JobFile', description: 'A job file in YAML, JSON or HCL' });

export const parsedJob = z
  .object({
    job: z
      .looseObject({})
      .meta({ id: 'ParsedJob', description: 'A job, in the format that `POST /jobs` accepts' })
      .nullable()
      .meta({ description: 'The job; null if there are problems' }),
    problems: z.array(
      z
        .object({
          line: z
            .number()
            .int()
            .meta({ description: '1-based line number', examples: [4] }),
          column: z
            .number()
            .int()
            .meta({ description: '1-based column number', examples: [7] }),
          field: z
            .string()
            .nullable()
            .meta({
              description: 'The field, if the file could be parsed',
              examples: ['task_groups[0].name'],
            }),
          problem: z.string().meta({ description: 'What is wrong', examples: ['is not a known key'] }),
        })
        .meta({ id: 'JobFileProblem', description: 'A problem and its location in the file' }),
    ),
  })
  .meta({
    id: 'ParsedJobFile',
    description: 'The job that a job file describes, or the problems with the file',
  });
