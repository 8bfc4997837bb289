/** A value that comes from elsewhere, once or again and again: who asks before it came waits for it, who asks later gets the newest. */
export interface Deferred<Value> {
  give(value: Value): void;
  value(): Promise<Value>;
}

export function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => undefined;
  let newest = new Promise<Value>((done) => (resolve = done));
  return {
    give(value) {
      resolve(value);
      newest = Promise.resolve(value);
    },
    value: () => newest,
  };
}
