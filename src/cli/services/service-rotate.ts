import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { connect, remoteNamed, type NamingOptions } from '../shared/options.js';
import { printFields, printJson } from '../shared/output.js';
import { readSecretText } from '../shared/secret-input.js';
import { findService } from './find-service.js';
import { waitForDeployment } from './service-rollout.js';

export function addServiceRotateCommand(service: Command): void {
  remoteNamed(service.command('rotate <service> <variable>'))
    .description(
      'change a value that the program reads only while its volume is empty, such as the password of a database: in the running program, and then in a new version',
    )
    .option('--value', 'read the new value from standard input, or prompt for it (default: generate one)')
    .option('--no-wait', 'do not wait for the deployment to end')
    .action(rotate);
}

async function rotate(
  given: string,
  variable: string,
  { wait, value: isGiven, ...options }: NamingOptions & { readonly wait: boolean; readonly value?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const params = await findService(api, given, options);
  const value = isGiven === true ? await readSecretText(`New value of ${variable}: `) : undefined;
  const body = { variable, ...(value !== undefined && { value }) };
  const change = async () =>
    await bodyOf(
      api.POST('/api/v1/services/{id}/rotate', {
        params,
        body,
        headers: { 'Idempotency-Key': randomUUID() },
      }),
    );
  const said = await waitForDeployment(api, { params, given }, wait, change);
  if (format === 'json') printJson(said);
  else printFields([['Message', said.message]]);
}
