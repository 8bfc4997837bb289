import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { PublishedSchemas, type DocumentedApi, type DocumentedOperation } from '../fixtures/documented.js';
import { eventually } from '../fixtures/eventually.js';
import { startServer, type Server } from '../fixtures/server.js';

t.setTimeout(600_000);

const PASSWORD = 'password123';
/** Concrete URLs that are requested of one documented path. */
const MOST_PER_PATH = 40;
const QUERIES: Readonly<Record<string, string>> = {
  '/audit/changes': 'of=jobs/runs',
  '/audit/changed': 'from=1',
  '/audit/diff': 'of=jobs/runs&from=1',
  '/api/conda/environment/{env_name}/plan': 'packages=six',
};
/** Following would not end. Events are a stream without a schema. */
const STREAMS = /\/follow$|^\/console\/api\/changes$/;

type Headers = Readonly<Record<string, string>>;
interface Get {
  readonly name: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

/** Requests every GET of every document, with the ids that earlier responses contain, and compares the responses with the documents. */
class Answers {
  readonly #schemas = new PublishedSchemas();
  readonly #gets: Get[] = [];
  /** Known values of path parameters, by the name of the parameter or by the path that ends with it. */
  readonly #known = new Map<string, Set<string>>([
    ['kind', new Set(['jobs', 'allocations', 'nodes', 'runs'])],
  ]);

  private constructor(
    private readonly server: Server,
    private readonly credentials: Readonly<Record<string, Headers>>,
  ) {}

  static async open(server: Server, credentials: Readonly<Record<string, Headers>>): Promise<Answers> {
    const answers = new Answers(server, credentials);
    for (const name of Object.keys(credentials)) {
      const { body } = await server.api.get<DocumentedApi>(`/openapi/${name}.json`);
      answers.#schemas.add(name, body);
      for (const [path, { get }] of Object.entries(body.paths))
        if (get !== undefined && !STREAMS.test(path)) answers.#gets.push({ name, path, operation: get });
    }
    // A path comes after those whose responses contain its parameters.
    answers.#gets.sort((one, other) => one.path.split('/').length - other.path.split('/').length);
    return answers;
  }

  know(parameter: string, value: string): void {
    this.#known.set(parameter, (this.#known.get(parameter) ?? new Set()).add(value));
  }

  /** Returns the differences, and how many responses were successful. */
  async ask(more: Headers = {}): Promise<{ readonly differing: string[]; readonly succeeded: Set<string> }> {
    const differing: string[] = [];
    const succeeded = new Set<string>();
    for (const { name, path, operation } of this.#gets)
      for (const url of this.#urlsOf(path)) {
        const { status, headers, text } = await this.server.api.get(url, {
          headers: { ...this.credentials[name], ...more },
        });
        const difference = this.#schemas.difference(name, path, 'get', operation, {
          status,
          headers,
          body: text,
        });
        if (difference !== undefined)
          differing.push(`${url}: ${status} ${text.slice(0, 300)}: ${difference}`);
        if (status !== 200) continue;
        succeeded.add(path);
        if (/^application\/json/.test(String(headers['content-type']))) this.#learn(path, JSON.parse(text));
      }
    return { differing, succeeded };
  }

  #urlsOf(path: string): string[] {
    const query = QUERIES[path] === undefined ? '' : `?${QUERIES[path]}`;
    let urls = [''];
    let template = '';
    for (const part of path.split('/').slice(1)) {
      template += `/${part}`;
      const [, parameter] = /^\{(.+)\}$/.exec(part) ?? [];
      const values =
        parameter === undefined
          ? [part]
          : [...(this.#known.get(template) ?? []), ...(this.#known.get(parameter) ?? []), 'none'];
      urls = urls.flatMap((url) => values.map((value) => `${url}/${encodeURIComponent(value)}`));
    }
    return urls.slice(0, MOST_PER_PATH).map((url) => url + query);
  }

  /** Keeps the ids in a response: values of keys such as `run_id`, and the ids of list items, which belong to the path below. */
  #learn(path: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value as readonly Readonly<Record<string, unknown>>[]) {
        const below = this.#gets.find(
          (get) => get.path.replace(/\/\{[a-z_]+\}$/, '') === singular(path, get.path),
        );
        const id = item?.['id'] ?? item?.['name'] ?? item?.['generation'] ?? item?.['build'];
        if (below !== undefined && id !== undefined) this.know(below.path, String(id));
      }
    }
    for (const [key, each] of Object.entries(value)) {
      if (/(_id|^position|^generation|^build)$/.test(key) && ['string', 'number'].includes(typeof each))
        this.know(key, String(each));
      this.#learn(path, each);
    }
  }
}

/** The list of `/api/conda/environment/{env_name}` is `/api/conda/environments`. */
function singular(list: string, item: string): string {
  return item.startsWith(`${list}/`) ? list : list.replace(/s$/, '');
}

void t.test('every GET returns what its document says, in many states and as of the past', async (t) => {
  const server = await startServer(t, { env: { MUSTER_ADMIN_PASSWORD: PASSWORD } });
  const { api } = server;
  const login = { username: 'admin', password: PASSWORD };
  const { token } = (await api.post<{ token: string }>('/api/auth/login', login)).body;
  const authorization = { authorization: `Bearer ${token}` };
  const [cookie = ''] = [(await api.post('/login', login)).headers['set-cookie']].flat();
  const session = { cookie: String(cookie).split(';')[0] ?? '' };
  const names = ['audit', 'cluster', 'console', 'gpu', 'services', 'tasks'];
  const answers = await Answers.open(server, {
    ...Object.fromEntries(names.map((name) => [name, authorization])),
    conda: session,
  });
  const check = async (state: string, headers: Headers = {}): Promise<Set<string>> => {
    const { differing, succeeded } = await answers.ask(headers);
    t.same(differing, [], state);
    return succeeded;
  };
  await check('nothing exists');

  await startAgent(t, server, { env: { MUSTER_AGENT_RESOURCES: 'slots=40,cpu=4000,memory=4000' } });
  const submitted = async (id: string, command: string, memory = 16): Promise<void> => {
    const task = { name: 'main', config: { command }, resources: { cpu: 10, memory }, max_run_seconds: 300 };
    const group = { name: 'group', tasks: [task], restart: { attempts: 0, delay: 0, mode: 'fail' } };
    const made = await api.post<{ evaluation_id: string }>('/jobs', { job_id: id, task_groups: [group] });
    answers.know('evaluation_id', made.body.evaluation_id);
  };
  const sent = async <Body>(path: string, body: object, headers: Headers = authorization): Promise<Body> => {
    const answer = await api.post<Body>(path, body, { headers });
    t.ok(answer.status < 300, `${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const created = async (name: string, command: string): Promise<string> => {
    const { data } = await sent<{ data: { id: number } }>('/api/tasks', { name, executor: 'shell', command });
    await sent(`/api/tasks/${data.id}/trigger`, {});
    return String(data.id);
  };
  await submitted('runs', 'echo line; sleep 300');
  await submitted('fails', 'exit 3');
  await submitted('blocked', 'true', 1_000_000);
  await api.put('/api/secrets/word', { value: 'kept' }, { headers: authorization });
  const running = await created('running', 'echo line; sleep 300');
  await created('failing', 'exit 4');
  await sent('/api/gpu-claims', { spec: { image: 'a:1', resources: { gpuCount: 1 } } });
  const config = { image: 'web:1', ports: [80], update: { min_healthy_seconds: 0 } };
  const service = await sent<{ id: string }>('/api/v1/services', { name: 'orders', type: 'web', config });
  await sent(`/api/v1/services/${service.id}/start`, {});
  await sent('/templates', {
    name: 'web',
    task_groups: [{ name: 'g', tasks: [{ name: 'm', config: { command: 'true' } }] }],
  });
  const conda = await api.post(
    '/api/conda/environment',
    { name: 'data', packages: ['six'] },
    { headers: session },
  );
  t.ok(conda.status >= 200, `an environment: ${conda.status}`);
  const status = async (id: string): Promise<string> =>
    (await api.get<{ status: string }>(`/jobs/${id}`)).body.status;
  const started = async (): Promise<boolean> => {
    const runs = await api.get(`/api/tasks/${running}/runs`, { headers: authorization });
    return (
      (await status('runs')) === 'running' &&
      (await status('fails')) === 'failed' &&
      runs.text.includes('"running"')
    );
  };
  await eventually(started, { timeout: 240_000, what: 'a running job and run, and a failed job' });
  const reached = await check('work is running, blocked and failed');
  const paths = [
    '/jobs/{job_id}',
    '/api/tasks/{task_id}/runs/{run_id}',
    '/api/v1/services/{id}',
    '/api/gpu-claims/{id}',
  ];
  for (const path of [...paths, '/jobs/{job_id}/allocations/{allocation_id}/logs'])
    t.ok(reached.has(path), `${path} was successful`);
  const before = String((await api.get('/jobs')).headers['x-muster-position'] ?? '');

  await api.delete('/jobs/runs');
  // The image cannot be pulled here, so the service may have failed already.
  const stopped = await api.post(`/api/v1/services/${service.id}/stop`, {}, { headers: authorization });
  t.ok([200, 400].includes(stopped.status), stopped.text);
  await eventually(async () => !(await api.get('/jobs/runs')).text.includes('"running"'), {
    timeout: 120_000,
    what: 'the end of the job',
  });
  await check('work has ended');
  const events = (await api.get('/audit/events?direction=backwards&limit=1&follow=false')).text;
  const { position } = JSON.parse(events) as { position: string };
  for (const past of [before, '3', String(Math.floor(Number(position) / 2)), position])
    if (past !== '') await check(`as of ${past}`, { 'x-muster-as-of': past });
});
