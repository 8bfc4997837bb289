import type { Command } from 'commander';
import { hostNames } from '../shared/host-name.js';
import { connectList, isTable, printList, remoteList, type ListOptions } from '../shared/list.js';
import { lineTimeOptions, streamOptions } from '../shared/log-stream.js';
import { allAllocations, findAllocation, findJob, findNode } from '../shared/lookup.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { allocationList, allocationObject, allocationPage } from './alloc-view.js';
import { addCopyCommand } from './alloc-cp.js';
import { addExecCommand } from './exec-command.js';
import { printLogs, type LogsOptions } from './job-logs.js';

interface AllocationsOptions extends ListOptions {
  readonly job?: string;
  readonly node?: string;
}

export function addAllocationCommands(program: Command): Command {
  const allocation = program
    .command('alloc')
    .description(
      'inspect the allocations of jobs, and run commands in them; refer to an allocation by its id or a unique prefix of it. Services and tasks show their own',
    );
  remoteList(allocation.command('list'), allocationList())
    .description('list the allocations of all jobs, in order of placement')
    .option('--job <job>', 'only allocations of this job')
    .option('--node <node>', 'only allocations on this node')
    .action(list);
  remoteRead(allocation.command('status <allocation>'))
    .description('show an allocation, its tasks, and what they use')
    .action(status);
  lineTimeOptions(streamOptions(remote(allocation.command('logs <allocation> [task]'))))
    .description('print the logs of a task of an allocation, stdout and stderr in order')
    .option('-f, --follow', 'follow the log')
    .option('-n, --tail <lines>', 'number of lines to show from the end of the log')
    .action(logs);
  addExecCommand(allocation);
  addCopyCommand(allocation);
  return allocation;
}

async function list({ job, node, ...options }: AllocationsOptions): Promise<void> {
  const api = connectList(options);
  const all =
    job === undefined
      ? await allAllocations(api)
      : await findJob(api, job).then((found) =>
          found.allocations.map((allocation) => ({ job: found, allocation })),
        );
  const nodeId = node === undefined ? undefined : (await findNode(api, node)).node_id;
  const wanted = nodeId === undefined ? all : all.filter(({ allocation }) => allocation.node_id === nodeId);
  const view = allocationList(isTable(options) ? await hostNames(api) : undefined);
  await printList(view, options, wanted, (shown) => ({
    allocations: shown.map(allocationObject),
    count: shown.length,
  }));
}

async function status(given: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const found = await findAllocation(api, given);
  if (format === 'json') return printJson(allocationObject(found));
  const host = (await hostNames(api))(found.allocation.node_id);
  printLines(allocationPage(found, host, look));
}

async function logs(given: string, task: string | undefined, options: LogsOptions): Promise<void> {
  const { job, allocation } = await findAllocation(connect(options).api, given);
  await printLogs(job.job_id, task, { ...options, allocation: allocation.allocation_id });
}
