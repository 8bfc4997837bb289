import { headerValue, type HttpConfig } from '#domain/drivers/http/index.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { textOrEnvironment } from '../text-or-environment.js';
import { MUSTER_VERSION } from '../../version.js';

const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-language',
  'content-type',
  'user-agent',
]);

/** Headers by lower-case name. The task's headers override the default headers. */
export type Headers = Readonly<Record<string, string>>;

/** Responses are stored unchanged, so compression is not requested. */
const ALWAYS: Headers = {
  accept: '*/*',
  'accept-encoding': 'identity',
  'user-agent': `muster/${MUSTER_VERSION}`,
};

export function headersOf(spec: TaskSpec<HttpConfig>): Headers {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(spec.config.headers ?? {})) {
    const value = textOrEnvironment(text, spec);
    // A value from the environment has not been validated yet.
    if (!headerValue.safeParse(value).success)
      throw new TaskStartError(`the value of its header ${name} is not a valid header value`);
    given[name.toLowerCase()] = value;
  }
  return { ...ALWAYS, ...given };
}

export function harmless(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => HARMLESS.has(name) || ALWAYS[name] === headers[name]),
  );
}
