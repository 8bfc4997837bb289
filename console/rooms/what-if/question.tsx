import { Plus, X } from 'lucide-react';
import { useId, type FormEvent, type ReactNode } from 'react';
import { visible } from '../../parts/name/visible.js';
import type { Named } from './find.js';
import { kindOf, KINDS, type ChangeKind, type Problem, type Row } from './form.js';
import css from './what-if.module.css';

/** The form, with one line for each change. Errors appear below their fields. */
export function QuestionForm({
  rows,
  problems,
  nodes,
  jobs,
  busy,
  onChange,
  onAsk,
  children,
}: {
  readonly rows: readonly Row[];
  readonly problems: readonly Problem[];
  /** Suggestions. The list may be incomplete. */
  readonly nodes: readonly Named[];
  readonly jobs: readonly Named[];
  readonly busy: boolean;
  readonly onChange: (rows: readonly Row[]) => void;
  readonly onAsk: () => void;
  readonly children?: ReactNode;
}): ReactNode {
  const id = useId();
  const whole = problems.filter(({ row }) => row === undefined);
  const edit = (place: number, change: Partial<Row>): void =>
    onChange(rows.map((row, index) => (index === place ? { ...row, ...change } : row)));
  return (
    <form
      className={css['form']}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        onAsk();
      }}
    >
      {rows.length === 0 ? (
        <p className="muted">If you add no changes, the result shows what will happen anyway.</p>
      ) : null}
      {rows.map((row, place) => (
        <Line
          // Lines need no stable key, because everything they show is in the row.
          key={place}
          id={`${id}-${place}`}
          number={place + 1}
          row={row}
          problems={problems.filter((problem) => problem.row === place)}
          list={`${id}-${kindOf(row.kind).of}s`}
          named={kindOf(row.kind).of === 'node' ? nodes : []}
          onChange={(change) => edit(place, change)}
          onRemove={() => onChange(rows.filter((_, index) => index !== place))}
        />
      ))}
      <Suggestions id={`${id}-nodes`} of={nodes} />
      <Suggestions id={`${id}-jobs`} of={jobs} />
      {whole.map(({ words }) => (
        <p key={words} role="alert" className={css['problem']}>
          {words}
        </p>
      ))}
      <div className={css['buttons']}>
        <button type="submit" className="button primary" disabled={busy}>
          Ask
        </button>
        <button
          type="button"
          className="button"
          onClick={() => onChange([...rows, { kind: 'drain', object: '', amount: '' }])}
        >
          <Plus size={14} aria-hidden="true" /> Add a change
        </button>
        {children}
      </div>
    </form>
  );
}

function Suggestions({ id, of }: { readonly id: string; readonly of: readonly Named[] }): ReactNode {
  return (
    <datalist id={id}>
      {of.map(({ id: value, name }) => (
        <option key={value} value={value} label={visible(name ?? value)} />
      ))}
    </datalist>
  );
}

function Line({
  id,
  number,
  row: { kind, object, amount },
  problems,
  list,
  named,
  onChange,
  onRemove,
}: {
  readonly id: string;
  readonly number: number;
  readonly row: Row;
  readonly problems: readonly Problem[];
  readonly list: string;
  readonly named: readonly Named[];
  readonly onChange: (change: Partial<Row>) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { of, amount: wanted } = kindOf(kind);
  const name = named.find((each) => each.id === object)?.name;
  const field = (which: Problem['field']): string | undefined =>
    problems.find((problem) => problem.field === which)?.words;
  return (
    <fieldset className={css['line']}>
      <legend className="hidden-visually">Change {number}</legend>
      <select
        className="input"
        aria-label={`Change ${number}`}
        value={kind}
        onChange={({ target }) => onChange({ kind: target.value as ChangeKind })}
      >
        {KINDS.map(({ kind: each, title }) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
      <div className={css['field']}>
        <input
          className="input mono"
          aria-label={of === 'node' ? 'Node' : 'Job'}
          placeholder={of === 'node' ? 'node id or name' : 'job id'}
          list={list}
          autoComplete="off"
          spellCheck={false}
          value={object}
          aria-invalid={field('object') !== undefined}
          aria-describedby={`${id}-object`}
          onChange={({ target }) => onChange({ object: target.value.trim() })}
        />
        <Below id={`${id}-object`} words={field('object')} hint={name === object ? undefined : name} />
      </div>
      {wanted === undefined ? null : (
        <div className={`${css['field']} ${css['amount']}`}>
          <input
            className="input"
            aria-label={wanted.label}
            title={wanted.label}
            placeholder={`${wanted.label}, ${wanted.least} to ${wanted.most}`}
            inputMode="numeric"
            autoComplete="off"
            value={amount}
            aria-invalid={field('amount') !== undefined}
            aria-describedby={`${id}-amount`}
            onChange={({ target }) => onChange({ amount: target.value.trim() })}
          />
          <Below id={`${id}-amount`} words={field('amount')} hint={undefined} />
        </div>
      )}
      <button
        type="button"
        className="button quiet"
        aria-label={`Remove change ${number}`}
        title="Remove this change"
        onClick={onRemove}
      >
        <X size={14} aria-hidden="true" />
      </button>
    </fieldset>
  );
}

/** Shows the error of a field, or otherwise a hint about its value. */
function Below({
  id,
  words,
  hint,
}: {
  readonly id: string;
  readonly words: string | undefined;
  readonly hint: string | undefined;
}): ReactNode {
  return (
    <span id={id}>
      {words !== undefined ? (
        <span role="alert" className={css['problem']}>
          {visible(words)}
        </span>
      ) : hint === undefined ? null : (
        <span className="muted">{visible(hint)}</span>
      )}
    </span>
  );
}
