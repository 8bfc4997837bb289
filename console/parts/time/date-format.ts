const formats = new Map<string, Intl.DateTimeFormat>();

/** Returns a cached date format, because creating one takes a tenth of a millisecond and a page can show hundreds of timestamps. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}
