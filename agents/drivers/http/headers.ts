import { headerValue, type HttpConfig } from '#domain/drivers/http/index.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { textOrEnvironment } from '../text-or-environment.js';
import { MUSTER_VERSION } from '../../version.js';

/** Headers that may be sent to another host after a redirect. Others may be secrets of the original host. */
const HARMLESS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-language',
  'content-type',
  'user-agent',
]);

/** Headers by lower-case name. The task's override the default ones. */
export type Headers = Readonly<Record<string, string>>;

/** Responses are stored unchanged, so no compression is requested. */
const ALWAYS: Headers = {
  accept: '*/*',
  'accept-encoding': 'identity',
  'user-agent': `muster/${MUSTER_VERSION}`,
};

export function headersOf(spec: TaskSpec<HttpConfig>): Headers {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(spec.config.headers ?? {})) {
    const value = textOrEnvironment(text, spec);
    // A value from the environment was not validated before.
    if (!headerValue.safeParse(value).success)
      throw new TaskStartError(`the value of its header ${name} is not one line that a header can hold`);
    given[name.toLowerCase()] = value;
  }
  return { ...ALWAYS, ...given };
}

export function harmless(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => HARMLESS.has(name) || ALWAYS[name] === headers[name]),
  );
}

export function withoutContent(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}
