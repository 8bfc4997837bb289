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

/** JSON schema of a required field. A linter of OpenAPI descriptions requires its type. */
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
        '`tcp`: the port takes a connection. `http`: a GET is answered with 2xx or 3xx. `exec`: a program in the task ends with 0',
    }),
    port: port.optional().meta({
      description: 'Of `tcp` and `http`, needed: the port that the task listens on, in its container',
      examples: [80],
    }),
    path: z
      .string()
      .max(2048)
      .regex(/^\/[!-~]*$/, 'must begin with / and hold no spaces')
      .optional()
      .meta({ description: 'Of `http`: what is asked for', examples: ['/healthz'] }),
    command: z
      .array(z.string().max(8192).regex(PLAIN_NAME, PLAIN_NAME_RULE))
      .min(1)
      .max(64)
      .optional()
      .meta({
        description: 'Of `exec`, needed: a program and its arguments; no shell is involved',
        examples: [['pg_isready']],
      }),
    interval_seconds: z
      .number()
      .min(0.1)
      .max(3600)
      .optional()
      .meta({ description: 'Seconds between two checks' }),
    timeout_seconds: z
      .number()
      .min(0.1)
      .max(300)
      .optional()
      .meta({ description: 'Seconds after which a check has failed' }),
    grace_seconds: z
      .number()
      .min(0)
      .max(86_400)
      .optional()
      .meta({ description: 'Seconds after its start in which failures do not count' }),
    failures: z
      .number()
      .int()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'So many failures in a row make the task fail' }),
  })
  .superRefine((check, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (check.type === 'exec') {
      if (check.command === undefined) refuse('command', 'is needed by a check of the type exec');
      if (check.port !== undefined) refuse('port', 'is not for a check of the type exec');
    } else {
      if (check.port === undefined) refuse('port', `is needed by a check of the type ${check.type}`);
      if (check.command !== undefined) refuse('command', 'is only for a check of the type exec');
    }
    if (check.path !== undefined && check.type !== 'http')
      refuse('path', 'is only for a check of the type http');
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

/** Returns the name to display: the check's own, else what it probes. */
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
