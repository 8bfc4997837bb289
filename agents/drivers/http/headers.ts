import { headerValue, type HttpConfig } from '#domain/drivers/http/index.js';
import { TaskStartError, type TaskSpec } from '../driver.js';
import { textOrEnvironment } from '../text-or-environment.js';
import { MUSTER_VERSION } from '../../version.js';

/** What another host may be told as well: everything else may be a secret of the host that it was meant for. */
const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'cache-control', 'content-language', 'content-type', 'user-agent']);

/** Headers of a call by their name in lower case, the task's over those that are sent anyway. */
export type Headers = Readonly<Record<string, string>>;

/** An answer is kept as it comes: it is asked for as it is. */
const ALWAYS: Headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': `muster/${MUSTER_VERSION}` };

export function headersOf(spec: TaskSpec<HttpConfig>): Headers {
  const given: Record<string, string> = {};
  for (const [name, text] of Object.entries(spec.config.headers ?? {})) {
    const value = textOrEnvironment(text, spec);
    // One of a variable was not checked before.
    if (!headerValue.safeParse(value).success) throw new TaskStartError(`the value of its header ${name} is not one line that a header can hold`);
    given[name.toLowerCase()] = value;
  }
  return { ...ALWAYS, ...given };
}

/** Those that another origin is sent, after a redirect. */
export function harmless(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name) || ALWAYS[name] === headers[name]));
}

/** Those of a call that has lost its body. */
export function withoutContent(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}
