import { createContext, useContext, type ReactNode } from 'react';
import { Name } from '../name/name.js';
import css from './states.module.css';

/** Empty, loading and failed are distinct states that never look alike. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className={css['state']}>
      <p className={css['title']}>{title}</p>
      {children === undefined ? null : <div className={css['text']}>{children}</div>}
    </div>
  );
}

export function Loading({ what }: { readonly what: string }): ReactNode {
  return (
    <div className={css['state']} role="status">
      <p className={css['text']}>Loading {what} …</p>
    </div>
  );
}

/** Placeholder for a response that is loading or has failed. */
export function Unanswered({
  what,
  error,
  retry,
}: {
  readonly what: string;
  readonly error: Error | null;
  readonly retry?: () => void;
}): ReactNode {
  return error === null ? (
    <Loading what={what} />
  ) : (
    <Failed error={error} {...(retry === undefined ? {} : { retry })} />
  );
}

/** Placeholder for an object that is missing from the response, or whose response is loading or has failed. */
export function Missing({
  what,
  answered,
  error,
  retry,
}: {
  readonly what: string;
  readonly answered: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}): ReactNode {
  return answered || isMissing(error) ? (
    <Empty title={`There is no such ${what} at this moment`} />
  ) : (
    <Unanswered what={`the ${what}`} error={error} retry={retry} />
  );
}

/** Whether the response was that there is no such object. Its message is that of another API, and a retry would not help. */
export function isMissing(error: Error | null): boolean {
  return error !== null && 'status' in error && error.status === 404;
}

/** Renders what the page offers after a failure in addition to a retry. */
export const RemedyContext = createContext<(error: Error) => ReactNode>(() => null);

export function Failed({ error, retry }: { readonly error: Error; readonly retry?: () => void }): ReactNode {
  const remedy = useContext(RemedyContext);
  return (
    <div className={`${css['state']} ${css['failed']}`} role="alert">
      <p className={css['title']}>
        <Name text={error.message} />
      </p>
      {remedy(error)}
      {retry === undefined ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
