/** A value that is set later, possibly several times. Early readers wait for the first value. Later readers get the newest value. */
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
