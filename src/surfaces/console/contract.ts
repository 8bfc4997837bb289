import { z } from 'zod';
import { nameOfActor } from '#src/features/visibility/index.js';

const text = z.string();
const time = z.iso.datetime().meta({ examples: ['2026-11-20T02:00:00.000Z'] });
const timeOrNull = time.nullable();
const count = z.number().int().min(0);
const owner = text.nullable().meta({ description: 'Username of the owner; null if there is none' });
export const position = text.meta({
  description:
    'Position of the latest event that the response includes. A decimal string, because it can exceed 2^53',
  examples: ['42'],
});
const reached = text.nullable().meta({
  description:
    'Position of the latest event that the response includes, as a decimal string. Null for a past moment, because the header `X-Muster-As-Of` contains the position',
  examples: ['42'],
});
const status = text.meta({ description: 'Status', examples: ['running'] });

export const ROOMS = [
  'overview',
  'jobs',
  'nodes',
  'allocations',
  'tasks',
  'environments',
  'services',
  'gpus',
  'events',
  'accounts',
  'secrets',
  'volumes',
  'templates',
  'system',
] as const;
export type Room = (typeof ROOMS)[number];

export const meView = z
  .object({
    account: z
      .object({
        id: text,
        name: text.meta({ description: 'Username' }),
        role: text.meta({ examples: ['user', 'tenant_admin', 'admin'] }),
        tenant: text,
      })
      .meta({ id: 'ConsoleAccount', description: 'The account that is signed in' })
      .nullable(),
    operator: z.boolean().meta({
      description: 'Whether the caller is an operator because of its connection alone, without signing in',
    }),
    rights: z
      .array(text)
      .meta({ description: '`execute`: run code on workers; `administer_tenant`; `administer`' }),
    rooms: z.array(text).meta({ description: `Pages that the caller may see, out of: ${ROOMS.join(', ')}` }),
    server: z
      .object({ name: text, version: text })
      .meta({ id: 'ConsoleServer', description: 'The responding server' }),
    head: z
      .object({ position: reached, at: timeOrNull })
      .meta({ id: 'ConsoleHead', description: 'The latest event that the read models include' }),
  })
  .meta({ id: 'ConsoleCaller', description: 'The caller, and what they may see' });

export const openedView = meView
  .extend({
    page_secret: text.meta({
      description:
        'Value of the header `X-Muster-Console` of all requests of this session. It is returned only here: keep it where only pages of this origin can read it',
    }),
  })
  .meta({ id: 'ConsoleSession', description: 'The account that is signed in, and the secret of its page' });

const used = (what: string) =>
  z
    .object({ total: z.number(), used: z.number() })
    .meta({ id: `Console${what}`, description: `${what} of a node, and how much of it is allocated` });

export const ROWS = {
  jobs: z
    .object({
      id: text,
      type: text.meta({
        description: 'Surface that created it: `cluster`, `tasks`, `gpu`, `services` or `conda`',
      }),
      status,
      priority: z.number(),
      owner,
      groups: count,
      wanted: count.meta({ description: 'Number of instances that should be running' }),
      running: count,
      healthy: count.meta({ description: 'Number of running instances of the current version' }),
      waits: text.nullable().meta({ description: 'Why the job is not placed, in a sentence' }),
      created_at: time,
      changed_at: time,
    })
    .meta({ id: 'ConsoleJob', description: 'A job' }),
  nodes: z
    .object({
      id: text,
      name: text,
      status: text.meta({ examples: ['ready', 'down', 'unhealthy'] }),
      eligible: z.boolean(),
      draining: z.boolean(),
      cpu: used('Cpu'),
      memory: used('Memory'),
      gpus: used('Gpus'),
      allocations: count.meta({ description: 'Number of allocations that hold resources' }),
      labels: z.record(z.string(), z.string()).meta({ description: 'Attributes of the node' }),
      tags: z.array(text),
      since: time.meta({ description: 'When the node registered' }),
    })
    .meta({ id: 'ConsoleNode', description: 'A node' }),
  allocations: z
    .object({
      id: text,
      job: text,
      group: text,
      node: text,
      node_name: text,
      status,
      since: time.meta({ description: 'When the allocation started or, before that, was placed' }),
      ended_at: timeOrNull,
      reason: text.nullable(),
    })
    .meta({ id: 'ConsoleAllocation', description: 'An allocation' }),
  runs: z
    .object({
      task: text,
      task_name: text,
      number: count,
      status,
      trigger: text.meta({ examples: ['schedule', 'manual'] }),
      node: text.nullable().meta({ description: 'Name of the node' }),
      queued_at: time,
      started_at: timeOrNull,
      ended_at: timeOrNull,
      reason: text.nullable(),
    })
    .meta({ id: 'ConsoleRun', description: 'A run of a task' }),
  tasks: z
    .object({
      id: text,
      name: text,
      status,
      kind: text.meta({ examples: ['shell', 'python', 'http', 'conda'] }),
      schedule: text.nullable(),
      next_at: timeOrNull,
      last: z
        .array(
          z
            .object({
              number: count,
              status,
              at: time,
              reason: text.nullable().meta({ description: 'Why it ended, or what it waits for' }),
            })
            .meta({ id: 'ConsoleLastRun', description: 'A run of the task' }),
        )
        .meta({ description: 'The latest 10 runs, newest first' }),
      skipped: z
        .array(
          z
            .object({
              slot: time,
              until: time.meta({ description: 'The last slot that was skipped for the same reason' }),
              reason: text.meta({ description: 'Why it did not run, in words' }),
              missed: z.boolean().meta({ description: 'Whether no server was able to handle it in time' }),
              at: time.meta({ description: 'Time of the decision' }),
            })
            .meta({ id: 'ConsoleSkippedSlot', description: 'Slots of the schedule that did not run' }),
        )
        .meta({ description: 'The latest 10 skipped slots, newest first' }),
      owner,
    })
    .meta({ id: 'ConsoleTask', description: 'A task' }),
  services: z
    .object({
      id: text,
      name: text,
      status,
      template: text.nullable(),
      url: text.nullable().meta({ description: 'Address and port of an instance' }),
      instances: count.meta({ description: 'Number of running instances' }),
      wanted: count,
      changed_at: time,
      owner,
    })
    .meta({ id: 'ConsoleService', description: 'A service' }),
  environments: z
    .object({
      id: text,
      name: text,
      status: text.meta({ examples: ['ready', 'building', 'failed', 'empty'] }),
      generation: count.nullable(),
      packages: count,
      last_build: z
        .object({ id: text, status, at: time })
        .meta({ id: 'ConsoleLastBuild', description: 'The latest build' })
        .nullable(),
      owner,
    })
    .meta({ id: 'ConsoleEnvironment', description: 'A conda environment' }),
  claims: z
    .object({
      id: text,
      node: text.nullable().meta({ description: 'Name of the node' }),
      gpus: count,
      phase: text.meta({ examples: ['Pending', 'Running'] }),
      owner,
      since: time,
      waits: text.nullable(),
    })
    .meta({ id: 'ConsoleClaim', description: 'A GPU claim' }),
} as const;

export type Kind = keyof typeof ROWS;
export type Row<Name extends Kind> = z.input<(typeof ROWS)[Name]>;
export const KINDS = Object.keys(ROWS) as readonly Kind[];

export function listOf(kind: Kind, name: string) {
  return z
    .object({
      total: count.meta({ description: 'Number of matching rows on all pages' }),
      position: reached,
      rows: z.array(ROWS[kind]),
    })
    .meta({ id: `Console${name}List`, description: 'A page of a list' });
}

const counts = z.record(z.string(), count);
export const overviewView = z
  .object({
    position: reached,
    at: timeOrNull,
    counts: z
      .object({
        jobs: counts,
        nodes: counts,
        allocations: counts,
        tasks: counts,
        services: counts,
        environments: counts,
        claims: counts,
      })
      .meta({ id: 'ConsoleCounts', description: 'Number of objects by status' }),
    failures: z
      .array(
        z
          .object({
            kind: text.meta({ examples: ['job', 'run', 'service', 'environment', 'node'] }),
            id: text.meta({ description: 'Id; `<task>/<number>` for a run' }),
            at: time,
            words: text,
          })
          .meta({ id: 'ConsoleFailure', description: 'Something that failed and has not recovered' }),
      )
      .meta({ description: 'The latest 20 failures, newest first' }),
    waiting: z
      .array(
        z
          .object({ job: text, since: time, words: text })
          .meta({ id: 'ConsoleWaiting', description: 'A job that is waiting for a node' }),
      )
      .meta({ description: 'The 20 jobs that have been waiting longest' }),
  })
  .meta({ id: 'ConsoleOverview', description: 'What is running, what failed and what is waiting' });

export const changeView = z
  .object({
    position,
    at: time,
    kind: text.nullable().meta({
      description: 'Kind of the main object of the event; null if there is none',
      examples: ['job'],
    }),
    id: text
      .nullable()
      .meta({ description: 'Id of that object; `<task>/<number>` for a run', examples: ['hello'] }),
    of: z.array(text).meta({
      description: 'All objects that the event is about',
      examples: [['allocation:a', 'job:hello']],
    }),
    type: text.meta({ description: 'Type of the event', examples: ['JobSubmitted'] }),
    failed: z.boolean().meta({ description: 'Whether something failed or was lost' }),
    actor: text.nullable().meta({ description: 'Who acted, if the caller may see that' }),
    actor_name: nameOfActor,
    words: text.meta({ description: 'What happened, in a sentence', examples: ['job hello was submitted'] }),
  })
  .meta({ id: 'ConsoleChange', description: 'A change to something that the caller may see' });

export const eventsView = z
  .object({
    changes: z.array(changeView),
    next: position
      .nullable()
      .meta({ description: '`to` of the next page; null if there are no older events' }),
  })
  .meta({
    id: 'ConsoleEvents',
    description: 'Changes, newest first, and the position at which the next page begins',
  });

export const eventView = changeView
  .extend({
    stream: text.meta({ description: 'Stream of the event', examples: ['job-hello'] }),
    revision: count.meta({ description: 'Zero-based position in the stream' }),
    correlation: text.meta({ description: 'Id of the request that caused the event' }),
  })
  .meta({ id: 'ConsoleEvent', description: 'A change, and where it is recorded' });

export const changesView = z
  .object({ changes: z.array(changeView), position })
  .meta({ id: 'ConsoleChanges', description: 'Changes, oldest first, and the position to continue from' });
