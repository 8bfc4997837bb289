import { z } from 'zod';
import { issueProblem } from '../errors/index.js';

/** Values of a process's settings by name. */
export type Given = Readonly<Record<string, string | undefined>>;

export interface SettingOptions {
  /** A secret, or a URL with a password. It can be read from a file, and no message repeats it. */
  readonly secret?: true;
  /** Used by servers only. They do not pass it on to their local agent. */
  readonly serverOnly?: true;
  /** Describes the behaviour if no value is set and the schema has no default. */
  readonly unset?: string;
}

/** One environment variable. Its declaration is the source for validation and documentation. */
export interface Setting<Schema extends z.ZodType = z.ZodType> extends SettingOptions {
  readonly name: `MUSTER_${string}`;
  readonly schema: Schema;
  readonly doc: string;
}

export function setting<Schema extends z.ZodType>(
  name: `MUSTER_${string}`,
  schema: Schema,
  doc: string,
  options: SettingOptions = {},
): Setting<Schema> {
  return { name, schema, doc, ...options };
}

type Fields = Readonly<Record<string, Setting>>;
export type ValuesOf<Declared extends Fields> = {
  readonly [Key in keyof Declared]: z.output<Declared[Key]['schema']>;
};

/** The settings of one component, and their conversion from strings to the component's values. */
export interface Section<Value> {
  readonly settings: readonly Setting[];
  read(given: Given): { readonly value: Value } | { readonly problems: readonly string[] };
}

export type SectionValue<Declared> = Declared extends Section<infer Value> ? Value : never;

/** The values of several sections in one object: the intersection of their types. */
export type SectionValues<Sections extends readonly unknown[]> = {
  readonly [Index in keyof Sections]: (value: SectionValue<Sections[Index]>) => void;
}[number] extends (value: infer All) => void
  ? All
  : never;

export function section<Declared extends Fields>(fields: Declared): Section<ValuesOf<Declared>>;
/** `of` derives the component's values from the values of the variables, such as bytes from mebibytes. */
export function section<Declared extends Fields, Value>(
  fields: Declared,
  of: (values: ValuesOf<Declared>) => Value,
): Section<Value>;
export function section(
  fields: Fields,
  of = (values: ValuesOf<Fields>): unknown => values,
): Section<unknown> {
  return {
    settings: Object.values(fields),
    read(given) {
      const problems: string[] = [];
      const values = Object.entries(fields).map(([key, { name, schema }]) => {
        const parsed = schema.safeParse(given[name]);
        if (parsed.success) return [key, parsed.data] as const;
        problems.push(...parsed.error.issues.map((issue) => `${name}: ${issueProblem(issue)}`));
        return [key, undefined] as const;
      });
      return problems.length > 0 ? { problems } : { value: of(Object.fromEntries(values)) };
    },
  };
}
