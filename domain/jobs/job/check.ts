import { z } from 'zod';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { name, port } from './name.js';

/** Only containers and processes can be probed. */
export const CHECKED_DRIVERS: readonly string[] = ['docker', 'exec'];
export const MAX_CHECKS_PER_TASK = 16;

export const CHECK_DEFAULTS = {
  path: '/',
  interval_seconds: 10,
  timeout_seconds: 3,
  grace_seconds: 30,
  failures: 3,
} as const;

const TYPES = {
  port: { type: 'integer' },
  path: { type: 'string' },
  command: { type: 'array', items: { type: 'string' } },
};
const has = (field: keyof typeof TYPES) => ({ required: [field], properties: { [field]: TYPES[field] } });
const lacks = (field: keyof typeof TYPES) => ({ not: has(field) });

export const taskCheck = z
  .strictObject({
    name: name.optional(),
    type: z.enum(['tcp', 'http', 'exec']).meta({
      description:
        '`tcp`: the port accepts a connection. `http`: a GET returns 2xx or 3xx. `exec`: a program in the task exits with code 0',
    }),
    port: port.optional().meta({
      description: 'Required for `tcp` and `http`: the port on which the task listens in its container',
      examples: [80],
    }),
    path: z
      .string()
      .max(2048)
      .regex(/^\/[!-~]*$/, 'must begin with / and contain no spaces')
      .optional()
      .meta({ description: 'Only for `http`: path to request', examples: ['/healthz'] }),
    command: z
      .array(z.string().max(8192).regex(PLAIN_NAME, PLAIN_NAME_RULE))
      .min(1)
      .max(64)
      .optional()
      .meta({
        description: 'Required for `exec`: a program and its arguments, run without a shell',
        examples: [['pg_isready']],
      }),
    interval_seconds: z
      .number()
      .min(0.1)
      .max(3600)
      .optional()
      .meta({ description: 'Seconds between checks' }),
    timeout_seconds: z
      .number()
      .min(0.1)
      .max(300)
      .optional()
      .meta({ description: 'Seconds after which a check times out and fails' }),
    grace_seconds: z.number().min(0).max(86_400).optional().meta({
      description:
        'Grace period after the start of the task, in seconds. Failures during this time are ignored',
    }),
    failures: z
      .number()
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'Number of consecutive failures after which the task fails. 0: never' }),
  })
  .superRefine((check, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (check.type === 'exec') {
      if (check.command === undefined) refuse('command', 'is required for exec checks');
      if (check.port !== undefined) refuse('port', 'is not allowed for exec checks');
    } else {
      if (check.port === undefined) refuse('port', `is required for ${check.type} checks`);
      if (check.command !== undefined) refuse('command', 'is only allowed for exec checks');
    }
    if (check.path !== undefined && check.type !== 'http') refuse('path', 'is only allowed for http checks');
  })
  .meta({
    id: 'TaskCheck',
    description: 'Extension. A health check of a task',
    if: { properties: { type: { const: 'exec' } } },
    then: { ...has('command'), allOf: [lacks('port'), lacks('path')] },
    else: {
      ...has('port'),
      allOf: [lacks('command'), { if: { properties: { type: { const: 'tcp' } } }, then: lacks('path') }],
    },
  });
export type TaskCheck = z.infer<typeof taskCheck>;

/** Returns the display name: the check's own name, or else the target of the probe. */
export function checkTitle({
  name: given,
  type,
  port: asked,
  path = CHECK_DEFAULTS.path,
  command,
}: TaskCheck): string {
  if (given !== undefined) return given;
  if (type === 'exec') return `exec ${command?.[0] ?? ''}`;
  return type === 'tcp' ? `tcp ${asked}` : `http ${asked}${path}`;
}
