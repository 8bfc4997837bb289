import { useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import css from './dialog.module.css';

export interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  /** If omitted, the user cannot close the dialog. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** The browser's native modal dialog, which traps focus and closes with Escape. */
export function Dialog({ title, open, onClose, children }: DialogProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) {
      dialog.current.showModal();
      // By default, the browser focuses the first button, and React does not set the `autofocus` attribute.
      dialog.current.querySelector<HTMLElement>('[data-first]')?.focus();
    }
    if (!open) dialog.current?.close();
  }, [open]);
  // Closing returns the focus to where it was. Without it, a dialog that is removed while it is open would lose the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={css['dialog']}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      {open ? (
        <>
          <header className={css['head']}>
            <h2>{title}</h2>
            {onClose === undefined ? null : (
              <button type="button" className="button quiet" onClick={onClose}>
                Close
              </button>
            )}
          </header>
          {children}
        </>
      ) : null}
    </dialog>
  );
}
