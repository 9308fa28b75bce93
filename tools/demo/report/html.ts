/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Value = string | number | Html | readonly Html[];

function text(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return (value as readonly Html[]).map(text).join('');
  return String(value).replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A template whose values are escaped unless they are HTML already. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(
    strings.map((string, index) => string + (index < values.length ? text(values[index] as Value) : '')).join(''),
  );
}
