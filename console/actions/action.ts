interface NamedField {
  /** Name of the field in the API, used to show its errors next to it. */
  readonly name: string;
  readonly label: string;
}

export interface ChoiceField extends NamedField {
  /** API path from which the options are read. */
  readonly path: string;
  readonly options: (body: never) => readonly (readonly [value: string, text: string])[];
}

export interface TextField extends NamedField {
  readonly placeholder: string;
  readonly initial?: string;
  readonly optional?: boolean;
  /** Returns the value to send, or throws an error that explains the problem. Default: the string as entered. */
  readonly read?: (text: string, zone: Zone) => unknown;
}

export type ActionField = ChoiceField | TextField;

/** Current time and time zone, for parsing times that the user enters. */
export interface Zone {
  readonly now: Date;
  readonly utc: boolean;
}

/** Field values by name, excluding fields that were left empty. */
export type Values = Readonly<Record<string, unknown>>;

/** An operation that the user may perform on an object. */
export interface Action {
  readonly id: string;
  /** Button label. */
  readonly title: string;
  readonly explanation: string;
  /** Text that the user must type to confirm. Default: none. */
  readonly typed?: string;
  readonly fields?: readonly ActionField[];
  /** Node whose drain plan is shown before confirmation. */
  readonly drains?: string;
  /** API path of the plan that is shown as soon as all fields have values. It takes the same body. */
  readonly plan?: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: (values: Values) => unknown;
}
