import { MusterError } from '../../kernel/errors/index.js';
import type { ServiceTemplateContent } from './content.js';
import { serviceTemplateErrors } from './errors.js';
import { generatedValue, type RandomBytes } from './generated.js';
import { filled, filledText } from './tokens.js';
import { ENDPOINT, valueProblem, valueText, type TemplateVariable, type VariableValue } from './variable.js';

export interface SetVariable {
  readonly name: string;
  readonly value: string;
  readonly from: 'given' | 'default' | 'generated' | 'unset';
  readonly secret: boolean;
}

export interface Rendered {
  readonly config: Readonly<Record<string, unknown>>;
  /** All variables in the template's order. Generated values must be stored and passed to the next rendering. */
  readonly variables: readonly SetVariable[];
  readonly connection: string | undefined;
}

export type Renderable = Pick<ServiceTemplateContent, 'config' | 'variables' | 'connection'>;

/**
 * Sets a template's variables from the given values, then from defaults, then from generated values. Throws `MUSTER_E_TEMPLATE_VARIABLE_UNKNOWN`,
 * `MUSTER_E_TEMPLATE_VARIABLE_INVALID`, or `MUSTER_E_TEMPLATE_VARIABLES_UNSET`, which lists all missing variables.
 */
export function render(
  { config, variables, connection }: Renderable,
  given: Readonly<Record<string, VariableValue>>,
  random: RandomBytes,
): Rendered {
  const set = setVariables(variables, given, random);
  const valueOf = lookUp(set);
  return {
    config: filled(config, valueOf),
    variables: set,
    // Values are percent-encoded, because they become parts of a URL.
    connection:
      connection === undefined
        ? undefined
        : filledText(connection, (name) =>
            name === ENDPOINT ? `{{${ENDPOINT}}}` : encodeURIComponent(valueOf(name)),
          ),
  };
}

export function masked<Of extends Pick<SetVariable, 'value' | 'secret'>>(variables: readonly Of[]): Of[] {
  return variables.map((each) => (each.secret && each.value !== '' ? { ...each, value: '***' } : each));
}

/** Fills other data of the template, such as a parsed job file, with the same values. */
export function fillWith<Data>(data: Data, variables: readonly SetVariable[]): Data {
  return filled(data, lookUp(variables));
}

/** Inserts an address such as `10.0.0.5:21034`. */
export function connectionTo(connection: string, endpoint: string): string {
  return connection.replaceAll(`{{${ENDPOINT}}}`, () => endpoint);
}

function lookUp(variables: readonly SetVariable[]): (name: string) => string {
  const values = new Map(variables.map(({ name, value }) => [name, value]));
  return (name) => {
    const value = values.get(name);
    if (value === undefined)
      throw new MusterError(serviceTemplateErrors.MUSTER_E_TEMPLATE_VARIABLE_UNKNOWN, { names: name });
    return value;
  };
}

export function setVariables(
  variables: readonly TemplateVariable[],
  given: Readonly<Record<string, VariableValue>>,
  random: RandomBytes,
): SetVariable[] {
  const unknown = Object.keys(given).filter((name) => !variables.some((each) => each.name === name));
  if (unknown.length > 0)
    throw new MusterError(serviceTemplateErrors.MUSTER_E_TEMPLATE_VARIABLE_UNKNOWN, {
      names: unknown.join(', '),
    });
  const unset = variables.filter(
    (each) =>
      !Object.hasOwn(given, each.name) &&
      each.default === undefined &&
      each.generate === undefined &&
      each.required !== false,
  );
  if (unset.length > 0)
    throw new MusterError(serviceTemplateErrors.MUSTER_E_TEMPLATE_VARIABLES_UNSET, {
      names: unset.map(({ name }) => name).join(', '),
    });
  return variables.map((variable) =>
    setVariable(variable, Object.hasOwn(given, variable.name) ? given[variable.name] : undefined, random),
  );
}

function setVariable(
  variable: TemplateVariable,
  given: VariableValue | undefined,
  random: RandomBytes,
): SetVariable {
  const { name, type, secret = false, generate, default: preset } = variable;
  if (given !== undefined) {
    const problem = valueProblem(type, given);
    if (problem !== undefined)
      throw new MusterError(serviceTemplateErrors.MUSTER_E_TEMPLATE_VARIABLE_INVALID, { name, problem });
    return { name, value: valueText(type, given), from: 'given', secret };
  }
  if (preset !== undefined) return { name, value: valueText(type, preset), from: 'default', secret };
  if (generate !== undefined)
    return { name, value: generatedValue(generate, random), from: 'generated', secret };
  return { name, value: '', from: 'unset', secret };
}
