import type { AnyErrorCode, DeclaredError } from '#domain/errors/index.js';
import { Refusal } from './failure.js';
import { printable, printableLines } from './output.js';

/** What the command line says where the contract's text is not in the command line's language. */
const WORDS: Readonly<Partial<Record<AnyErrorCode, string>>> = {
  MUSTER_E_JOB_NOT_FOUND: 'there is no such job',
  MUSTER_E_JOB_NOT_STOPPED: 'only a job that is dead, complete or failed can be restarted',
  MUSTER_E_TEMPLATE_NOT_FOUND: 'there is no such template',
  MUSTER_E_NODES_UNREADABLE: 'the nodes cannot be read',
};

/** Why a server refused: by the code in `X-Muster-Error` where it sends one, else in the words of its answer. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const { status } = response;
  const known = await errorOf(response);
  const code = known?.code;
  const words = (code && WORDS[code]) ?? said(await response.text()) ?? `HTTP ${status}`;
  const advice = status === 401 ? 'Log in: muster login NAME (or muster logout, to forget a token that is over)' : known?.hint;
  return new Refusal(`${words} (${status})${advice === undefined ? '' : `\n${advice}`}`, status, code);
}

/** All errors there are, of every aggregate: loaded only where a server refuses. */
async function errorOf(response: Response): Promise<DeclaredError | undefined> {
  const { ALL_ERRORS } = await import('#domain/event-types/index.js');
  return ALL_ERRORS.get(response.headers.get('x-muster-error') ?? '');
}

/** The error of an answer of ours, else the beginning of whatever it was. */
function said(text: string): string | undefined {
  try {
    const { error, message, error_details: details } = JSON.parse(text) as { error?: unknown; message?: unknown; error_details?: unknown };
    // What could not be had first, and what its solver said of it behind.
    if (Array.isArray(details)) return printableLines([message, ...(details as unknown[]), '', error].join('\n'));
    const words = error ?? message;
    if (typeof words === 'string') return printable(words);
  } catch {
    // Not JSON: shown as it is.
  }
  return text === '' ? undefined : printable(text.slice(0, 500));
}
