import type { AnyErrorCode, DeclaredError } from '#domain/kernel/errors/index.js';
import { Refusal } from './failure.js';
import { printable, printableLines } from './output.js';

const WORDS: Readonly<Partial<Record<AnyErrorCode, string>>> = {
  MUSTER_E_JOB_NOT_FOUND: 'no such job',
  MUSTER_E_JOB_NOT_STOPPED: 'only a job that is dead, complete or failed can be restarted',
  MUSTER_E_TEMPLATE_NOT_FOUND: 'no such template',
  MUSTER_E_NODES_UNREADABLE: 'the nodes cannot be read',
};

/** Explains a refusal with the code in `X-Muster-Error`, or else with the text of the response. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const known = await errorOf(response);
  const code = known?.code;
  const words = (code && WORDS[code]) ?? said(await response.text()) ?? `HTTP ${status}`;
  const advice =
    status === 401 ? 'Log in: muster login NAME (or muster logout, to delete an expired token)' : known?.hint;
  return new Refusal(`${words} (${status})${advice === undefined ? '' : `\n${advice}`}`, status, code);
}

/** The table of all errors is large, so it is loaded only when a server refuses a request. */
async function errorOf(response: Response): Promise<DeclaredError | undefined> {
  const { ALL_ERRORS } = await import('#domain/all-events.js');
  return ALL_ERRORS.get(response.headers.get('x-muster-error') ?? '');
}

function said(text: string): string | undefined {
  try {
    const {
      error,
      message,
      error_details: details,
    } = JSON.parse(text) as { error?: unknown; message?: unknown; error_details?: unknown };
    if (Array.isArray(details))
      return printableLines([message, ...(details as unknown[]), '', error].join('\n'));
    const words = error ?? message;
    if (typeof words === 'string') return printable(words);
  } catch {
    // The response is not JSON, so its text is returned below.
  }
  return text === '' ? undefined : printable(text.slice(0, 500));
}
