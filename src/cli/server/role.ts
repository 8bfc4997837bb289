import type { Command } from 'commander';
import { readSettings, requireSharedSecrets, runAgent, runServer } from '#src/process/index.js';

/** `muster server`, `agent`, `demo` and `openapi`. Each of them loads its program only when it is used. */
export function addRoleCommands(program: Command): void {
  program
    .command('server')
    .description(
      'run a server, with a local agent unless MUSTER_EMBEDDED_AGENT=false; configured by MUSTER_* variables',
    )
    .option(
      '--roles <names>',
      'roles of this server, from api,projector,scheduler,dispatcher,liveness (default: MUSTER_ROLES, else all)',
    )
    .action(async ({ roles }: { roles?: string }) => {
      const settings = readSettings(
        roles === undefined ? process.env : { ...process.env, MUSTER_ROLES: roles },
      );
      requireSharedSecrets(settings);
      process.exitCode = await runServer(settings);
    });
  program
    .command('agent')
    .description(
      'run a node agent that joins the server at MUSTER_SERVER_URL; its tasks keep running when it exits, except processes in a container that ends with it',
    )
    .action(async () => {
      const settings = readSettings(process.env);
      process.exitCode = await runAgent(settings);
    });
  program
    .command('demo')
    .description(
      'start a server, run example jobs and scheduled tasks, and show their states, logs and events',
    )
    .argument(
      '[files...]',
      'job and task files (default: examples/hello.json, examples/tick.yaml, and with Docker examples/hello-docker.json)',
    )
    .action(async (files: string[]) => {
      const { demo } = await import('./demo.js');
      await demo(files);
    });
  program
    .command('openapi')
    .description('write the OpenAPI descriptions, or check that they are current (exits 1 if not)')
    .option('--write <directory>', 'write them to this directory')
    .option('--check <directory>', 'compare them with those in this directory')
    .action(async (options: { write?: string; check?: string }) => {
      const { openapi } = await import('./openapi.js');
      await openapi(options);
    });
}
