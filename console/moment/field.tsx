import { useState, type FormEvent, type ReactNode, type RefObject } from 'react';
import { serverNow } from '../api/server-time.js';
import { useSettings } from '../app/settings.js';
import { parseMoment } from './parse.js';
import css from './bar.module.css';

/** Moves the focus from the field to the page, so that keys such as `[` work. */
function focusPage(): void {
  document.getElementById('page')?.focus({ preventScroll: true });
}

/** Input for a moment: `14:32`, `yesterday 14:05`, `-15m` or `#18204`. */
export function MomentField({
  field,
  label,
  onMoment,
  onProblem,
}: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly onMoment: (at: string) => void;
  readonly onProblem: (problem: string | undefined) => void;
}): ReactNode {
  const { utc } = useSettings();
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const moment = parseMoment(text, serverNow(), utc);
    if ('problem' in moment) {
      onProblem(moment.problem);
      return;
    }
    setText('');
    focusPage();
    onMoment('position' in moment ? moment.position : moment.time);
  };
  return (
    <form onSubmit={submit} className={css['field']}>
      <input
        ref={field}
        className="input"
        aria-label={label}
        placeholder="14:32, -15m, #42"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') focusPage();
        }}
      />
    </form>
  );
}
