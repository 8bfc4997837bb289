import type { z } from 'zod';
import { didYouMean } from '../kernel/nearest.js';
import { durationSeconds } from './duration.js';
import {
  textOfScalar,
  type JobFileProblem,
  type Located,
  type LocatedObject,
  type Place,
} from './located.js';
import { issueProblem } from '../kernel/errors/index.js';

const NO_COUNTERPART = 'is not supported';

/**
 * Reads a block field by field. Invalid fields are reported and treated as absent, so that one pass finds every problem. Fields that were never read
 * are refused at the end.
 */
export class Section {
  readonly #asked = new Set<string>();

  constructor(
    readonly node: LocatedObject,
    readonly path: string,
    private readonly problems: JobFileProblem[],
    readonly emptyIsAbsent = false,
  ) {}

  get place(): Place {
    return this.node.place;
  }

  report(problem: string, name?: string, place = name === undefined ? this.place : this.placeOf(name)): void {
    this.problems.push({ path: name === undefined ? this.path : this.#pathOf(name), place, problem });
  }

  /** Reports fields that change nothing in Muster, so that the job is the same without them. */
  leaveOut(names: readonly string[], why: string): void {
    for (const name of names) if (this.#find(name) !== undefined) this.#reportHarmless(why, name);
  }

  /** Reports the first problem of a value that was read from this block. */
  check(schema: z.ZodType, value: unknown): void {
    const [issue] = schema.safeParse(value).error?.issues ?? [];
    if (issue !== undefined) this.report(`${issue.path.join('.')}: ${issueProblem(issue)}`);
  }

  placeOf(name: string): Place {
    return this.node.entries.get(name)?.place ?? this.place;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  text(name: string, { interpolated = false } = {}): string | undefined {
    const value = this.#find(name);
    return value === undefined ? undefined : this.#text(value, name, interpolated);
  }

  whole(name: string, emptyIsAbsent?: boolean): number | undefined {
    const read = (value: string | number | boolean): number | undefined => {
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
    };
    return this.#scalar(name, 'must be a whole number', read, emptyIsAbsent);
  }

  flag(name: string, emptyIsAbsent?: boolean): boolean | undefined {
    const read = (value: string | number | boolean): boolean | undefined =>
      value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
    return this.#scalar(name, 'must be true or false', read, emptyIsAbsent);
  }

  /** Accepts a string such as `1m30s`, or a number of nanoseconds. */
  seconds(name: string, emptyIsAbsent?: boolean): number | undefined {
    return this.#scalar(name, 'must be a duration, such as "30s"', durationSeconds, emptyIsAbsent);
  }

  /** Reads one of these words, and reports any other. */
  choice<Word extends string>(name: string, words: readonly Word[], isRequired = false): Word | undefined {
    const said = this.text(name);
    const found = words.find((each) => each === said);
    const quoted = words.map((each) => JSON.stringify(each));
    const hint = said === undefined ? '' : didYouMean(said, words);
    if (found === undefined && (isRequired || said !== undefined))
      this.report(`must be ${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}${hint}`, name);
    return found;
  }

  texts(name: string): string[] | undefined {
    const value = this.#find(name);
    if (value === undefined) return undefined;
    if (value.kind === 'list') return value.items.flatMap((item) => this.#text(item, name) ?? []);
    this.report('must be a list of strings', name, value.place);
    return undefined;
  }

  map(name: string): Map<string, { readonly text: string; readonly place: Place }> | undefined {
    // Empty values are included, because an empty variable is still a variable.
    this.#asked.add(name);
    const value = this.node.entries.get(name)?.value;
    if (value === undefined || isNull(value)) return undefined;
    const found = new Map<string, { readonly text: string; readonly place: Place }>();
    for (const object of this.#objects(value, name)) {
      for (const [key, entry] of object.entries) {
        const text = isNull(entry.value) ? undefined : this.#text(entry.value, `${name}.${key}`);
        if (text !== undefined) found.set(key, { text, place: entry.place });
      }
    }
    return found;
  }

  blocks(name: string): Section[] {
    const value = this.#find(name);
    return value === undefined ? [] : this.#objects(value, name).map((object) => this.#within(object, name));
  }

  block(name: string): Section | undefined {
    const [first, second] = this.blocks(name);
    if (second !== undefined) second.report('duplicate block');
    return first;
  }

  labelled(name: string): { readonly label: string; readonly section: Section; readonly place: Place }[] {
    const value = this.#find(name);
    if (value === undefined) return [];
    const found = this.#objects(value, name).flatMap((object) =>
      [...object.entries].flatMap(([label, entry]) =>
        this.#objects(entry.value, `${name}.${label}`).map((each) => ({
          label,
          section: this.#within(each, `${name}.${label}`),
          place: entry.place,
        })),
      ),
    );
    const seen = new Set<string>();
    for (const { label, section } of found) {
      if (seen.has(label)) section.report('duplicate label');
      seen.add(label);
    }
    return found;
  }

  refuse(names: readonly string[], why: string, emptyIsAbsent?: boolean): void {
    for (const name of names) if (this.#find(name, emptyIsAbsent) !== undefined) this.report(why, name);
  }

  acceptOnly(name: string, taken: readonly string[], why: string): void {
    if (!this.#isOneOf(name, taken)) this.report(why, name);
  }

  /** Accepts these values. Reports any other as one that changes nothing in Muster. */
  leaveOutUnless(name: string, taken: readonly string[], why: string): void {
    if (!this.#isOneOf(name, taken)) this.#reportHarmless(why, name);
  }

  /** Accepts this duration. Reports any other as one that changes nothing in Muster. */
  leaveOutUnlessDuration(name: string, only: string, hint = ''): void {
    const said = this.seconds(name);
    if (said !== undefined && said !== durationSeconds(only))
      this.#reportHarmless(`must be "${only}": other values are not supported${hint}`, name);
  }

  refuseUnread(): void {
    for (const [name, { value }] of this.node.entries) {
      if (this.#asked.has(name) || isNull(value) || (this.emptyIsAbsent && isEmpty(value))) continue;
      const free = [...this.#asked].filter((each) => !this.node.entries.has(each));
      this.report(`${NO_COUNTERPART}${didYouMean(name, free)}`, name);
    }
  }

  #reportHarmless(problem: string, name: string): void {
    this.problems.push({ path: this.#pathOf(name), place: this.placeOf(name), problem, isHarmless: true });
  }

  /** Whether the field is absent, or is one of these values or a list of one of them. */
  #isOneOf(name: string, taken: readonly string[]): boolean {
    const value = this.#find(name);
    if (value === undefined) return true;
    const said = value.kind === 'list' && value.items.length === 1 ? value.items[0]! : value;
    return said.kind === 'scalar' && taken.includes(String(said.value));
  }

  #pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  #find(name: string, emptyIsAbsent = this.emptyIsAbsent): Located | undefined {
    this.#asked.add(name);
    const value = this.node.entries.get(name)?.value;
    return value === undefined || isNull(value) || (emptyIsAbsent && isEmpty(value)) ? undefined : value;
  }

  #text(value: Located, name: string, interpolated = false): string | undefined {
    if (value.kind !== 'scalar' || value.value === null) {
      this.report('must be a string', name, value.place);
      return undefined;
    }
    if (value.interpolated === true && !interpolated) {
      this.report('${…} is not evaluated here', name, value.place);
      return undefined;
    }
    return textOfScalar(value);
  }

  #scalar<Value>(
    name: string,
    expected: string,
    read: (value: string | number | boolean) => Value | undefined,
    emptyIsAbsent?: boolean,
  ): Value | undefined {
    const found = this.#find(name, emptyIsAbsent);
    if (found === undefined) return undefined;
    const value =
      found.kind === 'scalar' && found.value !== null && found.interpolated !== true
        ? read(found.value)
        : undefined;
    if (value === undefined) this.report(expected, name, found.place);
    return value;
  }

  #objects(value: Located, name: string): LocatedObject[] {
    const items = value.kind === 'list' ? value.items : [value];
    return items.flatMap((item) => {
      if (item.kind === 'object') return [item];
      this.report('must be a block', name, item.place);
      return [];
    });
  }

  #within(object: LocatedObject, name: string): Section {
    return new Section(object, this.#pathOf(name), this.problems, this.emptyIsAbsent);
  }
}

function isNull(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function isEmpty(value: Located): boolean {
  if (value.kind === 'list') return value.items.length === 0;
  if (value.kind === 'object') return [...value.entries.values()].every((entry) => isEmpty(entry.value));
  return value.value === null || value.value === '' || value.value === 0 || value.value === false;
}
