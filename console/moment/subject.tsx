import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

/** The object that the page is about, such as `job:hello`. Undefined for a list. */
const SubjectContext = createContext<readonly [string | undefined, (subject: string | undefined) => void]>([
  undefined,
  () => undefined,
]);

export function SubjectProvider({ children }: { readonly children: ReactNode }): ReactNode {
  return <SubjectContext value={useState<string>()}>{children}</SubjectContext>;
}

export function useSubject(): string | undefined {
  return useContext(SubjectContext)[0];
}

/** Sets the page's object while the page is open. Steps to the previous or next change then refer to this object. */
export function useAbout(subject: string | undefined): void {
  const [, set] = useContext(SubjectContext);
  useEffect(() => {
    set(subject);
    return () => set(undefined);
  }, [set, subject]);
}
