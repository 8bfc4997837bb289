import { bodyOf, type Api, type Services } from '../shared/client.js';
import { connect, type NamingOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { previewPage } from './service-preview-view.js';
import { wholeNumber } from '../shared/whole-number.js';
import { findService, type ServiceParams } from './find-service.js';
import { buildConfig, changesConfig, type ConfigOptions } from './service-config.js';

export interface PreviewOptions extends NamingOptions, ConfigOptions {
  readonly limit?: string;
  readonly upgrade?: true;
  readonly force?: true;
  readonly version?: string;
}

export async function previewService(
  given: string,
  args: readonly string[],
  { limit, upgrade, force, version, ...options }: PreviewOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const body = {
    ...(version !== undefined && { version: wholeNumber(version, '--version') }),
    ...(changesConfig(args, options) && {
      config: (await buildConfig(api, await present(api, params), args, options)).config,
    }),
  };
  const query = {
    ...(limit !== undefined && { limit: wholeNumber(limit, '--limit') }),
    ...(upgrade === true && { upgrade }),
    ...(force === true && { force }),
  };
  const preview = await bodyOf(
    api.POST('/api/v1/services/{id}/preview', { params: { ...params, query }, body }),
  );
  if (format === 'json') printJson(preview);
  else printLines(previewPage(preview));
}

async function present(api: Api, params: ServiceParams): Promise<Services['Service']['config']> {
  return (await bodyOf(api.GET('/api/v1/services/{id}', { params }))).config;
}
