type WithoutUndefined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

export function withoutUndefined<Value extends object>(value: Value): WithoutUndefined<Value> {
  const left: Partial<Value> = {};
  for (const key in value) if (value[key] !== undefined) left[key] = value[key];
  return left as WithoutUndefined<Value>;
}
