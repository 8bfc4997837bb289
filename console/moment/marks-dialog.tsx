import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { copy } from '../app/copy.js';
import { Dialog } from '../parts/dialog/dialog.js';
import { Name } from '../parts/name/name.js';
import { grouped } from '../parts/time/format.js';
import { LONGEST_NOTE, withMark, withoutMark } from './marks.js';
import css from './marks.module.css';
import { changeMarks, useMarks } from './use-marks.js';
import { When } from './when.js';

/** Marks the moment with a note, and lists the user's marks. */
export function MarksDialog({
  position,
  time,
  onClose,
}: {
  /** The shown moment. Undefined while it is unknown. */
  readonly position: string | undefined;
  readonly time: Date;
  readonly onClose: () => void;
}): ReactNode {
  const marks = useMarks();
  const [note, setNote] = useState('');
  const [said, setSaid] = useState('');
  const linkTo = (at: string): string => {
    const url = new URL(location.href);
    url.searchParams.set('at', at);
    return url.href;
  };
  return (
    <Dialog title="Marks" open onClose={onClose}>
      <div className={css['marks']}>
        <form
          className={css['new']}
          onSubmit={(event) => {
            event.preventDefault();
            if (position === undefined) return;
            changeMarks(withMark(marks, { position, at: time.toISOString(), note: note.trim() }));
            setNote('');
          }}
        >
          <input
            className="input"
            data-first
            aria-label="Note"
            placeholder="Note, such as: first error"
            maxLength={LONGEST_NOTE}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
          <button type="submit" className="button primary" disabled={position === undefined}>
            Mark {position === undefined ? 'this moment' : `#${grouped(position)}`}
          </button>
        </form>
        {marks.length === 0 ? (
          <p className="muted">Marks are stored in this browser and shown on the timeline.</p>
        ) : (
          <ul className="bare">
            {marks.map(({ position: of, at, note: text }) => (
              <li key={of} className={css['mark']}>
                <Link
                  to="."
                  search={((former: Record<string, unknown>) => ({ ...former, at: of })) as never}
                  onClick={onClose}
                >
                  #{grouped(of)}
                </Link>
                <When at={at} position={of} />
                <span className={css['note']}>
                  <Name text={text} />
                </span>
                <button
                  type="button"
                  className="button quiet"
                  aria-label={`Delete mark #${grouped(of)}`}
                  onClick={() => changeMarks(withoutMark(marks, of))}
                >
                  Delete
                </button>
              </li>
            ))}
          </ul>
        )}
        {marks.length === 0 ? null : (
          <button
            type="button"
            className="button"
            onClick={() =>
              void copy(marks.map((each) => `${linkTo(each.position)} ${each.note}`.trim()).join('\n')).then(
                (copied) => setSaid(copied ? 'Copied' : 'Copying failed'),
              )
            }
          >
            <span role="status">{said === '' ? 'Copy as links' : said}</span>
          </button>
        )}
      </div>
    </Dialog>
  );
}
