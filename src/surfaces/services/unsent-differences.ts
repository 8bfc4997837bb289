import { instancesOf } from '#domain/services/service/index.js';
import { differences, MASK, type Difference } from '#src/http/index.js';
import { secretTextsOf, type SecretPart, type VersionContent } from './configurations.js';
import { withoutSecrets } from './preview-view.js';
import { configView } from './service-view.js';

type Fields = Readonly<Record<string, unknown>>;

/** Returns the differences of what runs whose fields have not changed in the configuration that was sent. */
export function unsentDifferences(before: VersionContent, after: VersionContent): Difference[] {
  const sent = differences(leavesOf(sentBy(before)), leavesOf(sentBy(after))).map(({ path }) => path);
  return differences(runBy(before), runBy(after))
    .filter(({ path }) => !sent.some((each) => each === path || each.startsWith(`${path}.`)))
    .map(({ path, before: was, after: is }) => ({
      path,
      before: masked(path, was, before.secret),
      after: masked(path, is, after.secret),
    }));
}

function sentBy({ config, secret }: VersionContent): Fields {
  return configView(config, secret);
}

/** The fields of a configuration that a template or job file can set too, as they run. */
function runBy(version: Pick<VersionContent, 'config' | 'work' | 'inherited'>): Fields {
  const { tasks, restart, reschedule } = version.work;
  const [task] = tasks;
  if (task === undefined) return {};
  const { config, env = {}, resources, ports, volumes, checks = [], kill_timeout } = task;
  const { image, command, args, shm_size } = config;
  return {
    ...instancesOf(version),
    image,
    command,
    args,
    shm_size,
    resources,
    ports: ports?.map(({ container }) => container),
    volumes: volumes?.map(({ name, path }) => ({ name, path })),
    health: checks[0],
    restart,
    reschedule,
    kill_timeout,
    environment: env,
  };
}

/** A text may contain secrets, and any text of a job file may be one. */
function masked(path: string, text: string | null, secret: SecretPart): string | null {
  if (text === null) return null;
  const isSecret = path.startsWith('environment') || secret.nomad_job_file !== undefined;
  return isSecret ? MASK : withoutSecrets(text, secretTextsOf(secret));
}

function leavesOf(fields: Fields, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(leavesOf(value as Fields, `${path}${name}.`))
        : [[`${path}${name}`, value] as const],
    ),
  );
}
