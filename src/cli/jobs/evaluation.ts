import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { evaluationPage } from './evaluation-view.js';

export function addEvaluationCommands(program: Command): void {
  const evaluation = program.command('eval').description('inspect scheduling decisions');
  remoteRead(evaluation.command('status <evaluation>'))
    .description('show what an evaluation decided, and why')
    .action(async (id: string, options: RemoteOptions) => {
      const { api, format } = connect(options);
      const body = await bodyOf(
        api.GET('/evaluations/{evaluation_id}', { params: { path: { evaluation_id: id } } }),
      );
      if (format === 'json') printJson(body);
      else printLines(evaluationPage(body));
    });
}
