import type { Command } from 'commander';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { readJob } from '../jobs/job-file.js';
import type { Api } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { momentOf } from '../shared/moment.js';
import { remoteNamedWithMoment, type NamingOptions } from '../shared/options.js';
import { wholeNumber } from '../shared/whole-number.js';
import { nodeIdOf, tellWhatIf, type WhatIfQuestion } from './ask-what-if.js';

type Change = WhatIfQuestion['changes'][number];

interface WhatIfOptions extends NamingOptions {
  readonly drain: readonly string[];
  readonly down: readonly string[];
  readonly eligible: readonly string[];
  readonly ineligible: readonly string[];
  readonly add: readonly string[];
  readonly job: readonly string[];
  readonly priority: readonly string[];
  readonly stop: readonly string[];
  readonly fit: readonly string[];
  readonly asOf?: string;
  readonly horizon?: string;
  readonly limit?: string;
}

const HELP = `
Exit status: 0 nothing moves, 1 something moves, 2 something would start to wait, 255 failed or not settled

Examples:
  muster what-if --drain n1
  muster what-if --down n1 --down n2 --as-of "yesterday 14:32"
  muster what-if --job new.json --add 10xn1
  muster what-if --fit train.json`;

export function addWhatIfCommand(program: Command): void {
  const command = remoteNamedWithMoment(program.command('what-if'))
    .description('show what the scheduler would do after hypothetical changes; writes nothing')
    .addHelpText('after', HELP);
  for (const [flags, description] of [
    ['--drain <node>', 'drain this node (repeatable, like all changes)'],
    ['--down <node>', 'mark this node as down'],
    ['--eligible <node>', 'allow new placements on this node'],
    ['--ineligible <node>', 'forbid new placements on this node'],
    ['--add <count>x<node>', 'add nodes like this one, for example 10xn1'],
    ['--job <file>', 'submit this job; - is standard input'],
    ['--priority <job=number>', 'give a job a different priority, for example a=80'],
    ['--stop <job>', 'stop this job'],
    ['--fit <file>', 'count how many jobs like this one fit after all other changes'],
  ] as const)
    command.option(flags, description, (text: string, former: string[]) => [...former, text], []);
  command
    .option(
      '--as-of <time>',
      'simulate the cluster as of this time: 14:32, "yesterday 14:32", -2h, or "#18204"',
    )
    .option('--horizon <seconds>', 'how far to look ahead (default: 600)')
    .option('--limit <count>', 'maximum length of each list (default: 100)')
    .action(async (options: WhatIfOptions) => {
      const { asOf, horizon, limit, ...connection } = options;
      await tellWhatIf(connection, async (api) => ({
        changes: await changesOf(api, options),
        ...(asOf !== undefined && { as_of: momentOf('--as-of', asOf, systemClock.now()) }),
        ...(horizon !== undefined && { horizon_seconds: wholeNumber(horizon, '--horizon') }),
        ...(limit !== undefined && { limit: wholeNumber(limit, '--limit') }),
      }));
    });
}

async function changesOf(api: Api, options: WhatIfOptions): Promise<Change[]> {
  // Names are resolved among the current nodes, so only ids are accepted for a past moment.
  const node = async (given: string): Promise<string> =>
    options.asOf === undefined ? await nodeIdOf(api, given, options) : given;
  const changes: Change[] = [];
  for (const each of options.drain) changes.push({ drain: await node(each) });
  for (const each of options.down) changes.push({ down: await node(each) });
  for (const each of options.eligible) changes.push({ eligible: { node: await node(each), to: true } });
  for (const each of options.ineligible) changes.push({ eligible: { node: await node(each), to: false } });
  for (const each of options.add) {
    const [, count, like] = /^(\d{1,9})x(.+)$/.exec(each) ?? [];
    if (count === undefined || like === undefined)
      throw new Failure(`--add ${each}: must be COUNTxNODE, such as 10xn1`);
    changes.push({ add_nodes: { like: await node(like), count: Number(count) } });
  }
  for (const each of options.job) changes.push({ submit: await readJob(each) });
  for (const each of options.priority) {
    const [, job, to] = /^([^=]+)=(\d{1,9})$/.exec(each) ?? [];
    if (job === undefined) throw new Failure(`--priority ${each}: must be JOB=PRIORITY, such as a=80`);
    changes.push({ priority: { job, to: Number(to) } });
  }
  for (const each of options.stop) changes.push({ stop: each });
  for (const each of options.fit) changes.push({ fit: await readJob(each) });
  return changes;
}
