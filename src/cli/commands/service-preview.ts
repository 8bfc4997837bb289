import { bodyOf, type Services } from '../client.js';
import { connect, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { readStructured } from '../structured-file.js';
import { previewPage } from '../views/service-preview.js';
import { wholeNumber } from '../whole-number.js';
import { named } from './named-service.js';

export interface PreviewOptions extends RemoteOptions {
  readonly file?: string;
  readonly limit?: string;
}

/** Says what `service update` would do with a file, or `service start` without one. */
export async function previewService(given: string, { file, limit, ...options }: PreviewOptions): Promise<void> {
  const { api, format } = connect(options);
  const params = await named(api, given);
  // The server judges what the file says.
  const body = file === undefined ? {} : { config: (await readStructured(file)) as Services['ServiceConfigInput'] };
  const query = limit === undefined ? {} : { limit: wholeNumber(limit, '--limit') };
  const preview = await bodyOf(api.POST('/api/v1/services/{id}/preview', { params: { ...params, query }, body }));
  if (format === 'json') printJson(preview);
  else printLines(previewPage(preview));
}
