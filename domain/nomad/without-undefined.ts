export function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  const left: Partial<Value> = {};
  for (const key in value) if (value[key] !== undefined) left[key] = value[key];
  return left as { [Key in keyof Value]: Exclude<Value[Key], undefined> };
}
