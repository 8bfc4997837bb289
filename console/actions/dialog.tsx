import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { ApiError, command, newKey } from '../api/client.js';
import { serverNow } from '../api/server-time.js';
import { useSettings } from '../app/settings.js';
import { useRead } from '../moment/use-read.js';
import { Dialog } from '../parts/dialog/dialog.js';
import { Name } from '../parts/name/name.js';
import { visible } from '../parts/name/visible.js';
import type { Action, ActionField, ChoiceField, TextField, Values, Zone } from './action.js';
import { ChangePlan } from './change-plan.js';
import { DrainPlan } from './drain-plan.js';
import css from './actions.module.css';

interface Problem {
  /** What the problem concerns: `typed`, the name of a field, or `all`. */
  readonly of: string;
  readonly words: string;
}

/** The last submission. A retry reuses its key and values, including times such as `-1h`, so the action takes effect only once. */
interface Sent {
  readonly texts: Readonly<Record<string, string>>;
  readonly values: Values;
  readonly key: string;
}

/** Prompts for field values and confirmation. It stays open and unchanged while the user signs in again, so nothing has to be retyped. */
export function ActionDialog({
  action,
  onClose,
  onDone,
}: {
  readonly action: Action;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactNode {
  const { title, explanation, typed: wanted, fields = [], drains, plan, method, path, body } = action;
  const { utc } = useSettings();
  const client = useQueryClient();
  const sent = useRef<Sent>(undefined);
  const [typed, setTyped] = useState('');
  const [texts, setTexts] = useState(() => initialTexts(fields));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const planned = plan === undefined ? undefined : valuesOf(fields, texts, { now: serverNow(), utc });
  const submit = async (): Promise<void> => {
    if (wanted !== undefined && typed !== wanted) {
      setProblem({ of: 'typed', words: `Type ${visible(wanted)} exactly.` });
      return;
    }
    if (sent.current?.texts !== texts) {
      const values = valuesOf(fields, texts, { now: serverNow(), utc });
      if ('words' in values) {
        setProblem(values);
        return;
      }
      sent.current = { texts, values: values.read, key: newKey() };
    }
    const { values, key } = sent.current;
    setBusy(true);
    setProblem(undefined);
    try {
      await command(path, { method, key, ...(body === undefined ? {} : { body: body(values) }) });
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === 'live' });
      onDone();
    } catch (error) {
      setProblem(problemOf(error, fields));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form
        className={css['form']}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p>{explanation}</p>
        {drains === undefined ? null : <DrainPlan node={drains} />}
        {fields.map((field, index) => (
          <Field
            key={field.name}
            field={field}
            first={index === 0}
            text={texts[field.name] ?? ''}
            onChange={(text) => setTexts({ ...texts, [field.name]: text })}
            problem={of(problem, field.name)}
          />
        ))}
        {plan === undefined || planned === undefined || 'words' in planned ? null : (
          <ChangePlan path={plan} body={body?.(planned.read)} />
        )}
        {wanted === undefined ? null : (
          <>
            <label htmlFor="action-typed">
              Type <Name text={wanted} mono /> to confirm
            </label>
            <input
              id="action-typed"
              {...(fields.length === 0 ? { 'data-first': true } : {})}
              className="input"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              aria-invalid={of(problem, 'typed') !== undefined}
              aria-describedby="action-typed-problem"
              onChange={({ target }) => setTyped(target.value)}
            />
            <FieldProblem id="action-typed-problem" words={of(problem, 'typed')} />
          </>
        )}
        <FieldProblem id="action-problem" words={of(problem, 'all')} />
        <button
          type="submit"
          className={`button primary ${wanted === undefined ? '' : css['danger']}`}
          disabled={busy}
        >
          {title}
        </button>
      </form>
    </Dialog>
  );
}

function initialTexts(fields: readonly ActionField[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.map((field) => [field.name, 'placeholder' in field ? (field.initial ?? '') : '']),
  );
}

/** Returns the field values, or the first problem. */
function valuesOf(
  fields: readonly ActionField[],
  texts: Readonly<Record<string, string>>,
  zone: Zone,
): Problem | { readonly read: Values } {
  const read: Record<string, unknown> = {};
  for (const field of fields) {
    const text = (texts[field.name] ?? '').trim();
    if (text === '') {
      if ('placeholder' in field && field.optional === true) continue;
      const verb = 'placeholder' in field ? 'Enter' : 'Choose';
      return { of: field.name, words: `${verb} a value for ${field.label}.` };
    }
    try {
      read[field.name] = 'read' in field && field.read !== undefined ? field.read(text, zone) : text;
    } catch (error) {
      return { of: field.name, words: error instanceof Error ? error.message : String(error) };
    }
  }
  return { read };
}

function of(problem: Problem | undefined, part: string): string | undefined {
  return problem?.of === part ? problem.words : undefined;
}

function problemOf(error: unknown, fields: readonly ActionField[]): Problem {
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError && error.status === 401)
    return { of: 'all', words: 'Your session has ended. Sign in, then submit this form again.' };
  const named = fields.find(({ name }) => new RegExp(`\\b${name}\\b`).test(words));
  return { of: named?.name ?? 'all', words };
}

function FieldProblem({ id, words }: { readonly id: string; readonly words: string | undefined }): ReactNode {
  return words === undefined ? null : (
    <p role="alert" id={id} className={css['problem']}>
      {words}
    </p>
  );
}

interface FieldProps<Kind extends ActionField> {
  readonly field: Kind;
  readonly first: boolean;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly problem: string | undefined;
}

function Field({ field, ...rest }: FieldProps<ActionField>): ReactNode {
  return (
    <>
      <label htmlFor={`action-${field.name}`}>
        {field.label}
        {'placeholder' in field && field.optional === true ? (
          <span className="muted"> (optional)</span>
        ) : null}
      </label>
      {'placeholder' in field ? <TextInput field={field} {...rest} /> : <Options field={field} {...rest} />}
    </>
  );
}

/** Returns the props shared by inputs and selects. */
function controlOf({ field, first, text, onChange, problem }: FieldProps<ActionField>) {
  const id = `action-${field.name}`;
  return {
    id,
    ...(first ? { 'data-first': true } : {}),
    className: 'input',
    value: text,
    'aria-invalid': problem !== undefined,
    'aria-describedby': `${id}-problem`,
    onChange: ({ target }: { readonly target: { readonly value: string } }) => onChange(target.value),
  };
}

function TextInput(props: FieldProps<TextField>): ReactNode {
  const control = controlOf(props);
  return (
    <>
      <input {...control} autoComplete="off" spellCheck={false} placeholder={props.field.placeholder} />
      <FieldProblem id={control['aria-describedby']} words={props.problem} />
    </>
  );
}

function Options(props: FieldProps<ChoiceField>): ReactNode {
  const { path, options } = props.field;
  const { data, error } = useRead<never>(path, { now: true });
  const choices = data === undefined ? [] : options(data.body);
  const control = controlOf(props);
  return (
    <>
      <select {...control}>
        <option value="">
          {data === undefined ? 'Loading …' : choices.length === 0 ? 'None' : 'Choose'}
        </option>
        {choices.map(([each, words]) => (
          <option key={each} value={each}>
            {visible(words)}
          </option>
        ))}
      </select>
      <FieldProblem id={control['aria-describedby']} words={props.problem ?? error?.message} />
    </>
  );
}
