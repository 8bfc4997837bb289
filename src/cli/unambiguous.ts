import { comparedName } from '#domain/plain-name.js';
import { Failure } from './failure.js';

/** More candidates than these help nobody. */
const SHOWN = 20;

/** Something that a command can name. */
export interface Candidate {
  readonly id: string;
  /** Another name, as a machine's. */
  readonly name?: string | null;
}

/** How what is given is to be read: `--id`, `--name`. Neither: as whichever fits. */
export interface ReadAs {
  readonly id?: boolean;
  readonly name?: boolean;
}

/**
 * The one candidate that `given` names: by its whole id or name, else by the beginning of either. Throws a {@link Failure} that lists the
 * candidates where there are several, or says that there is none. Names are compared as Unicode compares them.
 */
export function unambiguous<Found extends Candidate>(kind: string, given: string, candidates: readonly Found[], as: ReadAs = {}): Found {
  if (as.id === true && as.name === true) throw new Failure('--id and --name exclude each other');
  const name = comparedName(given);
  const ofId = as.name === true ? [] : candidates.filter(({ id }) => id === given);
  const ofName = as.id === true ? [] : candidates.filter((each) => nameOf(each) === name);
  const [exact] = ofId;
  if (exact !== undefined) {
    const others = ofName.filter(({ id }) => id !== given);
    if (others.length === 0) return exact;
    throw new Failure(`${given} is the id of one ${kind} and the name of another:\n${listed([exact, ...others])}\nSay which you mean: --id or --name`);
  }
  const begins = (each: Found): boolean => (as.name !== true && each.id.startsWith(given)) || (as.id !== true && nameOf(each)?.startsWith(name) === true);
  const fitting = ofName.length > 0 ? ofName : candidates.filter(begins);
  const [first, second] = fitting;
  if (first === undefined) throw new Failure(`there is no ${kind} ${given}`);
  if (second === undefined) return first;
  throw new Failure(`${given} is the beginning of several ${kind}s:\n${listed(fitting)}`);
}

function nameOf({ name }: Candidate): string | undefined {
  return name === undefined || name === null ? undefined : comparedName(name);
}

function listed(candidates: readonly Candidate[]): string {
  const more = candidates.length > SHOWN ? `\n  … and ${candidates.length - SHOWN} more` : '';
  return candidates.slice(0, SHOWN).map(line).join('\n') + more;
}

function line({ id, name }: Candidate): string {
  return name === undefined || name === null ? `  ${id}` : `  ${id}  ${name}`;
}
