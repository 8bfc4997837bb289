import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useAt } from '../moment/in-url.js';
import type { Action } from './action.js';
import css from './actions.module.css';

const ActionDialog = lazy(async () => ({ default: (await import('./dialog.js')).ActionDialog }));

/** Buttons for the actions on an object. The past is read-only, so the buttons are disabled there and a note explains why. */
export function Actions({ actions }: { readonly actions: readonly Action[] }): ReactNode {
  const past = useAt() !== undefined;
  const [open, setOpen] = useState<Action>();
  const [done, setDone] = useState<string>();
  if (actions.length === 0) return null;
  return (
    <div className={css['actions']} role="group" aria-label="Actions">
      {actions.map((action) => (
        <button
          key={action.id}
          type="button"
          className="button"
          // Unlike `disabled`, this keeps the button reachable by keyboard and lets a screen reader announce why it does nothing.
          aria-disabled={past}
          {...(past ? { 'aria-describedby': 'read-only' } : {})}
          onClick={() => {
            if (past) return;
            setDone(undefined);
            setOpen(action);
          }}
        >
          {action.title}
        </button>
      ))}
      {past ? (
        <span id="read-only" className={css['note']}>
          The past is read-only.
        </span>
      ) : (
        <span role="status" className={css['note']}>
          {done}
        </span>
      )}
      <Suspense>
        {open === undefined ? null : (
          <ActionDialog
            action={open}
            onClose={() => setOpen(undefined)}
            onDone={() => {
              setDone(`${open.title}: request accepted.`);
              setOpen(undefined);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
