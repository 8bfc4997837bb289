import { bodyOf, type Api, type Cluster } from '../shared/client.js';
import { EXIT_NOT_PLACED, EXIT_PLAN_CHANGES, EXIT_PLAN_FAILED, failingAs } from '../shared/failure.js';
import { findNode } from '../shared/lookup.js';
import { connect, type NamingOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';

export type WhatIfQuestion = Cluster['WhatIfQuestion'];

/** Sends the question, prints the result, and sets the exit status. */
export async function tellWhatIf(
  options: NamingOptions,
  question: (api: Api) => Promise<Partial<WhatIfQuestion> & Pick<WhatIfQuestion, 'changes'>>,
): Promise<void> {
  const told = await failingAs(EXIT_PLAN_FAILED, async () => {
    const { api } = connect(options);
    return await bodyOf(api.POST('/what-if', { body: (await question(api)) as WhatIfQuestion }));
  });
  if (connect(options).format === 'json') printJson(told);
  else {
    // This loads the texts for quotas, which other node commands do not need.
    const { whatIfPage } = await import('./what-if-view.js');
    printLines(whatIfPage(told, connect(options).look));
  }
  process.exitCode = exitOf(told);
}

/** Returns the id of the node with this id or host name, or with a unique prefix of either. */
export async function nodeIdOf(api: Api, given: string, options: NamingOptions): Promise<string> {
  return (await findNode(api, given, options)).node_id;
}

function exitOf({ settled, sums }: Cluster['WhatIf']): number {
  if (!settled) return EXIT_PLAN_FAILED;
  if (sums.blocked > 0) return EXIT_NOT_PLACED;
  return sums.moves + sums.placed + sums.stopped > 0 ? EXIT_PLAN_CHANGES : 0;
}
