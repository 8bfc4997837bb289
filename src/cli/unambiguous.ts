import { Failure } from './failure.js';

/** More candidates than these help nobody. */
const SHOWN = 20;

/** Something that a command can name. */
export interface Candidate {
  readonly id: string;
  /** Another name, as a machine's. */
  readonly name?: string | null;
}

/**
 * The one candidate that `given` names: by its whole id or name, else by the beginning of either. Throws a {@link Failure} that lists the
 * candidates where there are several, or says that there is none.
 */
export function unambiguous<Found extends Candidate>(kind: string, given: string, candidates: readonly Found[]): Found {
  const exact = candidates.find(({ id }) => id === given);
  if (exact !== undefined) return exact;
  const named = candidates.filter(({ name }) => name === given);
  const fitting = named.length > 0 ? named : candidates.filter(({ id, name }) => id.startsWith(given) || name?.startsWith(given) === true);
  const [first, second] = fitting;
  if (first === undefined) throw new Failure(`there is no ${kind} ${given}`);
  if (second === undefined) return first;
  const more = fitting.length > SHOWN ? `\n  … and ${fitting.length - SHOWN} more` : '';
  throw new Failure(`${given} is the beginning of several ${kind}s:\n${fitting.slice(0, SHOWN).map(line).join('\n')}${more}`);
}

function line({ id, name }: Candidate): string {
  return name === undefined || name === null ? `  ${id}` : `  ${id}  ${name}`;
}
