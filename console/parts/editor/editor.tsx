import { useRef, type ReactNode } from 'react';
import { offsetOf } from './offset.js';
import css from './editor.module.css';

export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly field: string | null;
  readonly problem: string;
}

/** A plain text field with line numbers. Each problem is a button that moves the cursor to it. */
export function Editor({
  label,
  value,
  problems,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly problems: readonly Problem[];
  readonly onChange: (text: string) => void;
}): ReactNode {
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const wrong = new Set(problems.map(({ line }) => line));
  const count = value.split('\n').length;
  const go = ({ line, column }: Problem): void => {
    const at = offsetOf(value, line, column);
    const end = value.indexOf('\n', at);
    field.current?.focus();
    field.current?.setSelectionRange(at, end === -1 ? value.length : end);
  };
  return (
    <div className={css['editor']}>
      <div className={css['text']} data-wrong={wrong.size > 0}>
        <div className={css['gutter']} aria-hidden="true">
          <div ref={gutter}>
            {Array.from({ length: count }, (_, index) => (
              <span key={index} data-wrong={wrong.has(index + 1)}>
                {index + 1}
              </span>
            ))}
          </div>
        </div>
        <textarea
          ref={field}
          className={css['field']}
          aria-label={label}
          aria-invalid={wrong.size > 0}
          aria-describedby={wrong.size > 0 ? 'editor-problems' : undefined}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          wrap="off"
          rows={Math.min(Math.max(count + 1, 14), 30)}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current !== null)
              gutter.current.style.transform = `translateY(${-currentTarget.scrollTop}px)`;
          }}
        />
      </div>
      {problems.length === 0 ? null : (
        <div id="editor-problems" role="alert">
          <ul className={css['problems']}>
            {problems.map((each, place) => (
              <li key={place}>
                <button type="button" className={css['problem']} onClick={() => go(each)}>
                  <span className={css['place']}>
                    Line {each.line}, column {each.column}
                  </span>
                  <span>
                    {each.field === null ? '' : `${each.field}: `}
                    {each.problem}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
