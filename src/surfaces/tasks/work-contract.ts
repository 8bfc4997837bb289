import { z } from 'zod';
import {
  headersOf,
  headerValue,
  HTTP_METHODS,
  httpUrl,
  listedExpectation,
  MAX_BODY,
  sentExpectation,
} from '#domain/drivers/http/index.js';
import { MAX_ARGUMENTS, pythonCommand } from '#domain/drivers/python/index.js';
import { environmentName } from '#domain/kernel/environment-name.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '#domain/kernel/plain-name.js';
import { secretReference } from '#domain/accounts/secret/index.js';
import { EXECUTORS, MAX_COMMAND, RESERVED_VARIABLES } from '#domain/tasks/task/index.js';

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const absolute = text(4096)
  .startsWith('/', 'must be an absolute path')
  .regex(/^[^\r\n]*$/, 'must be one line');
const MAX_ARGUMENT = 30_000;

const reference = secretReference.meta({
  id: 'SecretReference',
  description:
    "Value that the tenant's secret with this name has when the attempt starts. Only the name is shown and stored",
  examples: [{ secret: 'db-password' }],
});

export const environment = z
  .record(
    environmentName.refine(
      (name) => !name.startsWith(RESERVED_VARIABLES),
      `names must not begin with ${RESERVED_VARIABLES}`,
    ),
    z.union([z.string().max(32_768).regex(PLAIN_NAME, PLAIN_NAME_RULE), reference]),
  )
  .refine((values) => JSON.stringify(values).length <= 65_536, 'must be at most 64 KiB in total')
  .meta({
    description:
      'Environment variables. Sealed, and shown only to callers who may change the task. A value may refer to a secret of the tenant',
    examples: [{ LANG: 'C.UTF-8', PGPASSWORD: { secret: 'db-password' } }],
  });

export const words = z
  .array(z.string().max(MAX_ARGUMENT).regex(PLAIN_NAME, PLAIN_NAME_RULE))
  .max(MAX_ARGUMENTS)
  .refine((all) => JSON.stringify(all).length <= 65_536, 'must be at most 64 KiB in total')
  .meta({
    description: 'Arguments of the script. Sealed like the environment',
    examples: [['--input', 'data.csv']],
  });

const expected = {
  description: 'Conditions for a successful response. Default: any 2xx',
  examples: [{ status: [200, 204] }],
};
export const expectView = listedExpectation.meta(expected);

export const workFields = {
  executor: z.enum(EXECUTORS).meta({
    description:
      '`shell`: a command line on a worker; `python`: a Python script on a worker; `http`: an HTTP call',
  }),
  command: text(MAX_COMMAND).meta({
    description:
      'Shell: a command line for `/bin/sh -c`, or a script whose first line names its interpreter (`#!`). Python: the path of a script, or `-c` with the code as the first argument',
    examples: ['echo hello'],
  }),
  working_directory: absolute.meta({
    description: "Working directory. Default: the run's own directory",
    examples: ['/tmp'],
  }),
  environment,
  arguments: words,
  python_path: absolute.meta({
    description: 'Python interpreter. Default: the first one that the worker has detected',
    examples: ['/usr/bin/python3'],
  }),
  url: httpUrl.meta({
    description:
      'URL to call. Addresses that are not on the Internet are refused unless a worker allows them (`MUSTER_HTTP_ALLOW`). What follows its host is sealed like the environment',
    examples: ['https://example.com/hook'],
  }),
  method: z.enum(HTTP_METHODS).meta({ description: 'HTTP method. Default: GET', examples: ['POST'] }),
  headers: headersOf(z.union([headerValue, reference])).meta({
    description: 'Sealed like the environment. A value may refer to a secret of the tenant',
    examples: [{ 'Content-Type': 'application/json' }],
  }),
  body: z
    .string()
    .max(MAX_BODY)
    .meta({ description: 'Sealed like the environment', examples: ['{"text": "done"}'] }),
  expect: sentExpectation.meta({
    ...expected,
    description: `${expected.description}. \`status\` also accepts a single number`,
  }),
};

const {
  executor: _,
  command,
  working_directory,
  environment: variables,
  arguments: given,
  python_path,
  url,
  method,
  headers,
  body,
  expect,
} = workFields;
const place = { working_directory: working_directory.optional(), environment: variables.optional() };

export const shellFields = { executor: z.literal('shell'), command, ...place };
export const pythonFields = {
  executor: z.literal('python'),
  command: pythonCommand.max(4096),
  arguments: given.optional(),
  python_path: python_path.optional(),
  ...place,
};
export const httpFields = {
  executor: z.literal('http'),
  url,
  method: method.optional(),
  headers: headers.optional(),
  body: body.optional(),
  expect: expect.optional(),
};
