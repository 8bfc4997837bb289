import { bodyOf } from '../shared/client.js';
import { onJob } from '../shared/lookup.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface ScaleOptions extends RemoteOptions {
  readonly group?: string;
}

/** Changes the `count` of one group of a job, whatever else is changed meanwhile. */
export async function scaleJob(given: string, text: string, options: ScaleOptions): Promise<void> {
  const { api, format } = connect(options);
  const { group } = options;
  const body = { count: wholeNumber(text, 'count'), ...(group !== undefined && { group }) };
  const done = await onJob(
    api,
    given,
    async (id) => await bodyOf(api.POST('/jobs/{job_id}/scale', { params: { path: { job_id: id } }, body })),
  );
  if (format === 'json') printJson(done);
  else
    printFields([
      ['Job', done.job_id],
      ['Evaluation', done.evaluation_id],
      ['Message', done.message],
    ]);
}
