import { comparedName } from '#domain/kernel/plain-name.js';
import { Failure } from './failure.js';
import { didYouMean } from '#domain/kernel/nearest.js';

/** Maximum number of candidates to list. A longer list would not help. */
const SHOWN = 20;

export interface Candidate {
  readonly id: string;
  readonly name?: string | null;
}

/** How to interpret an argument: `--id` or `--name`. If neither is set, both are tried. */
export interface ReadAs {
  readonly id?: boolean;
  readonly name?: boolean;
}

export function unambiguous<Found extends Candidate>(
  kind: string,
  given: string,
  candidates: readonly Found[],
  as: ReadAs = {},
): Found {
  if (as.id === true && as.name === true) throw new Failure('--id and --name are mutually exclusive');
  const name = comparedName(given);
  const ofId = as.name === true ? [] : candidates.filter(({ id }) => id === given);
  const ofName = as.id === true ? [] : candidates.filter((each) => nameOf(each) === name);
  const [exact] = ofId;
  if (exact !== undefined) {
    const others = ofName.filter(({ id }) => id !== given);
    if (others.length === 0) return exact;
    throw new Failure(
      `${given} is the id of one ${kind} and the name of another:\n${listed([exact, ...others])}\nChoose one with --id or --name`,
    );
  }
  const begins = (each: Found): boolean =>
    (as.name !== true && each.id.startsWith(given)) ||
    (as.id !== true && nameOf(each)?.startsWith(name) === true);
  const fitting = ofName.length > 0 ? ofName : candidates.filter(begins);
  const [first, second] = fitting;
  if (first === undefined)
    throw new Failure(
      `no such ${kind}: ${given}${didYouMean(
        given,
        candidates.flatMap(({ id, name: of }) => [of ?? [], id].flat()),
      )}`,
    );
  if (second === undefined) return first;
  throw new Failure(`${given} is a prefix of several ${kind}s:\n${listed(fitting)}`);
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
