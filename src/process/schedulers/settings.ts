import { z } from 'zod';
import { flag, numberRange } from '#domain/kernel/settings/kinds.js';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';
import { DEFAULT_PORT_RANGE } from '#domain/scheduling/capacity/port-range.js';

const DEFAULT_RANGE = Object.values(DEFAULT_PORT_RANGE).join('-');
const portRange = numberRange(5, 'ports', DEFAULT_RANGE).refine(
  ({ first, last }) => first >= 1024 && first <= last && last <= 65_535,
  'must be within 1024-65535, with the lower port first',
);

export const schedulerSettings = section({
  portRange: setting(
    'MUSTER_PORT_RANGE',
    portRange.prefault(DEFAULT_RANGE),
    'range of host ports (inclusive) for the `dynamic` ports of containers; must be the same on every server with the role `scheduler`. Processes of tenants can take these ports, unless [the range is reserved](agent.md#ports-and-networks)',
  ),
  schedulerReserves: setting(
    'MUSTER_SCHEDULER_RESERVES',
    flag.default(true),
    '`true`: nodes are reserved for the job that has waited longest ([details](flows/place.md)). `false`: any job that fits is placed, so a large job may wait forever behind small ones. Must be the same on every server with the role `scheduler` or `api`',
  ),
  waitingRunStarts: setting(
    'MUSTER_WAITING_RUN_STARTS',
    z.coerce.number().int().min(1).max(100_000).default(10),
    'maximum number of runs of tasks that have waited for a worker or quota and start within a second, in addition to those that take the place of ended runs',
  ),
  schedulers: setting(
    'MUSTER_SCHEDULERS',
    z.coerce.number().int().min(1).max(8).default(1),
    'number of scheduler threads; all but one are standbys',
  ),
});

export type SchedulerSettings = SectionValue<typeof schedulerSettings>;
