import type { Command } from 'commander';
import type { EvaluationView } from '../api-types.js';
import { explainBlocked } from '../blocked.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson } from '../output.js';

/** `muster eval …` */
export function addEvaluationCommands(program: Command): void {
  const evaluation = program.command('eval').description('look at scheduling decisions');
  remote(evaluation.command('status <evaluation>'))
    .description('what an evaluation decided, and why')
    .action(async (id: string, options: RemoteOptions) => {
      const { client, format } = connect(options);
      const { body } = await client.get<EvaluationView>(`/evaluations/${encodeURIComponent(id)}`);
      if (format === 'json') {
        printJson(body);
        return;
      }
      printFields([
        ['Evaluation', body.evaluation_id],
        ['Job', body.job_id],
        ['Status', body.status],
        ['Triggers', (body.triggers ?? []).map((trigger) => `${trigger.kind} ${trigger.ref}`).join(', ')],
        ['Placed', String(body.placed_count ?? 0)],
      ]);
      if (body.reasons !== null && body.reasons !== undefined) process.stdout.write(`\nNot placed:\n${explainBlocked(body.reasons).join('\n')}\n`);
    });
}
