import type { Command } from 'commander';
import { readSettings, requireSharedSecrets, runAgent, runServer } from '#src/server/index.js';

/** `muster server`, `muster agent`, `muster demo`, `muster openapi`: each loads its program only when it is asked for. */
export function addRoleCommands(program: Command): void {
  program
    .command('server')
    .description('run the server, with a local agent unless MUSTER_EMBEDDED_AGENT=false; settings are MUSTER_* variables')
    .option('--roles <names>', 'what this server does, of api,projector,scheduler,dispatcher,liveness; default: MUSTER_ROLES, else all')
    .action(async ({ roles }: { roles?: string }) => {
      const settings = readSettings(roles === undefined ? process.env : { ...process.env, MUSTER_ROLES: roles });
      requireSharedSecrets(settings);
      process.exitCode = await runServer(settings);
    });
  program
    .command('agent')
    .description('run a node agent that joins MUSTER_SERVER_URL; its tasks outlive it, except processes in a container that ends with it')
    .action(async () => {
      const settings = readSettings(process.env);
      process.exitCode = await runAgent(settings);
    });
  program
    .command('demo')
    .description('start a server, run jobs and scheduled tasks, show their states, their logs and the events that they left')
    .argument('[files...]', 'jobs and tasks; examples/hello.json, examples/tick.yaml, and examples/hello-docker.json where Docker is there')
    .action(async (files: string[]) => {
      const { demo } = await import('../demo.js');
      await demo(files);
    });
  program
    .command('openapi')
    .description('write the OpenAPI documents, or check that the written ones are current (exit 1 when not)')
    .option('--write <directory>', 'write them there')
    .option('--check <directory>', 'compare them with those there')
    .action(async (options: { write?: string; check?: string }) => {
      const { openapi } = await import('../openapi.js');
      await openapi(options);
    });
}
