import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { command, forgetAnswers, onUnauthorized, read } from '../api/client.js';
import { feed } from '../api/live.js';
import { keepPageSecret } from '../api/page-secret.js';
import type { Me } from '../api/types.js';
import { Dialog } from '../parts/dialog/dialog.js';
import { Unanswered } from '../parts/states/states.js';
import css from './session.module.css';

interface Session {
  readonly me: Me;
  readonly signIn: () => void;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);
interface Opened extends Me {
  readonly page_secret: string;
}

const ME = ['me'] as const;
const PATH = '/console/api/session';

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession must be used within a SessionProvider.');
  return session;
}

/** Provides the signed-in account. When the session ends, the page remains visible behind a sign-in dialog. */
export function SessionProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ME,
    queryFn: async ({ signal }) => (await read<Me>('/console/api/me', undefined, signal)).body,
    staleTime: Infinity,
  });
  useEffect(() => onUnauthorized(() => setAsked(true)), []);
  useEffect(() => {
    let before = feed.status().state;
    return feed.onStatus(() => {
      const { state } = feed.status();
      // After an outage, the server may run a different version or may have ended the session.
      if (before === 'reconnecting' && state === 'live') void refetch();
      before = state;
    });
  }, [refetch]);
  const head = data?.head;
  const known = head !== undefined;
  useEffect(() => {
    // Runs only once, because later positions come from the feed itself.
    if (head !== undefined) feed.start(head.position, head.at);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [known]);
  if (data === undefined) return <Unanswered what="the console" error={error} retry={() => void refetch()} />;
  const stranger = data.account === null && !data.operator;
  const become = (me: Me): void => {
    client.setQueryData(ME, me);
    setAsked(false);
    setOpen(false);
    forgetAnswers();
    feed.retry();
    void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
  };
  const signOut = async (): Promise<void> => {
    await command(PATH, { method: 'DELETE' });
    keepPageSecret(undefined);
    forgetAnswers();
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== ME[0] });
    await refetch();
  };
  const needed = stranger || asked;
  return (
    <SessionContext value={{ me: data, signIn: () => setOpen(true), signOut }}>
      {children}
      <Dialog title="Sign in" open={needed || open} {...(needed ? {} : { onClose: () => setOpen(false) })}>
        <SignIn again={asked} onDone={become} />
      </Dialog>
    </SessionContext>
  );
}

function SignIn({
  again,
  onDone,
}: {
  readonly again: boolean;
  readonly onDone: (me: Me) => void;
}): ReactNode {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const { page_secret: secret, ...me } = await command<Opened>(PATH, {
        method: 'POST',
        body: { username, password },
      });
      keepPageSecret(secret);
      onDone(me);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={css['form']}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void submit();
      }}
    >
      {again ? (
        <p className="muted">Your session has ended. Sign in to continue where you left off.</p>
      ) : null}
      <label htmlFor="username">Account</label>
      <input
        id="username"
        className="input"
        autoComplete="username"
        required
        value={username}
        onChange={({ target }) => setUsername(target.value)}
      />
      <label htmlFor="password">Password</label>
      <input
        id="password"
        className="input"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={({ target }) => setPassword(target.value)}
      />
      {problem === undefined ? null : (
        <p role="alert" className={css['problem']}>
          {problem}
        </p>
      )}
      <button type="submit" className="button primary" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}
