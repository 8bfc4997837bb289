/** Creates, uses and deletes a conda environment and a task with a session cookie, using the client generated from openapi/conda.json. */
import { setTimeout } from 'node:timers/promises';
import { BuildsApi, Configuration, EnvironmentsApi, GenerationsApi, ResponseError, SessionsApi, TasksApi } from './conda/index';

const [basePath = '', language = ''] = process.argv.slice(2);
const password = 'password123';
const say = (what: string, value: unknown): void => console.log(`${what}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);

async function logIn(username: string): Promise<Configuration> {
  const opened = await new SessionsApi(new Configuration({ basePath })).condaLoginRaw({ sessionLogin: { username, password } });
  say('logged in', (await opened.value()).user.username);
  return new Configuration({ basePath, headers: { cookie: opened.raw.headers.getSetCookie()[0]?.split(';')[0] ?? '' } });
}

const admin = new SessionsApi(await logIn('admin'));
say('an account', (await admin.condaCreateUser({ accountCreation: { username: language, password, isAdmin: false } })).user.username);

const session = await logIn(language);
const [environments, generations] = [new EnvironmentsApi(session), new GenerationsApi(session)];
const environmentCreation = { name: 'data', packages: ['numpy'] };
say('an environment', (await environments.condaCreateEnvironment({ environmentCreation, idempotencyKey: language })).environment.name);
say('created again', (await environments.condaCreateEnvironment({ environmentCreation, idempotencyKey: language })).message);
const envName = 'data';
say(
  'the list',
  (await environments.condaListEnvironments()).map(({ name }) => name),
);
say(
  'its packages',
  (await environments.condaGetEnvironment({ envName })).packages.map(({ name }) => name),
);
const packageInstallation = { packages: ['matplotlib>=3.4.0'] };
say('installed', (await environments.condaInstallPackages({ envName, packageInstallation })).installedPackages);
say(
  'its generations',
  (await generations.condaListGenerations({ envName })).generations.map(({ generation }) => generation),
);
say(
  'the difference',
  (await generations.condaDiffGenerations({ envName, one: '1', other: '2' })).added.map(({ name }) => name),
);
say('its log', (await (await new BuildsApi(session).condaGetGenerationLog({ envName, generation: '1' })).text()).length > 0);
say('gone back to', (await generations.condaRollBackEnvironment({ envName, rollback: { generation: 1 } })).generation);
const exported = await generations.condaExportEnvironment({ envName, format: 'explicit' });
say('exported', [exported.includes('@EXPLICIT'), exported.includes('matplotlib')]);
const tasks = new TasksApi(session);
const condaTaskRequest = { script: 'import numpy\nprint(numpy.NAME)', condaEnv: 'data', taskName: 'report', environment: { MODE: 'night' } };
const { task } = await tasks.condaCreateTask({ condaTaskRequest, idempotencyKey: `${language}-task` });
say('a task', [task.taskName, task.condaEnv]);
const taskId = String(task.taskId);
while (!['completed', 'failed'].includes((await tasks.condaGetTask({ taskId })).task.status)) await setTimeout(100);
const ended = (await tasks.condaGetTask({ taskId })).latestExecution;
say('its execution', [ended?.status, ended?.logs?.trim(), String(ended?.generation)]);
say(
  'the tasks',
  (await tasks.condaListTasks()).map(({ taskName }) => taskName),
);
say(
  'the history',
  (await tasks.condaGetTaskHistory()).data.map(({ status }) => status),
);
say('the figures', [String((await tasks.condaGetTaskStats()).total)]);
say('not stopped', await tasks.condaStopTask({ taskId }).catch((error: unknown) => (error instanceof ResponseError ? error.response.status : error)));
await tasks.condaDeleteTask({ taskId });
say('tasks left', (await tasks.condaListTasks()).length);
await environments.condaDeleteEnvironment({ envName });
say('left', (await environments.condaListEnvironments()).length);
await new SessionsApi(session).condaLogout();
try {
  await environments.condaListEnvironments();
} catch (error) {
  if (!(error instanceof ResponseError)) throw error;
  say('logged out', error.response.status);
}
