/** Plans as Erlang terms, for `file:consult/1`. */

/** One term for each plan, a plan a line. */
export function writePlans(plans: readonly object[]): string {
  return plans.map((plan) => `${term(plan)}.\n`).join('');
}

/** Strings become atoms, objects maps; keys keep their spelling. */
function term(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(term).join(',')}]`;
  if (typeof value !== 'object' || value === null) throw new TypeError(`a plan holds no ${typeof value}`);
  return `#{${Object.entries(value)
    .map(([key, member]) => `'${key}' => ${term(member)}`)
    .join(',')}}`;
}
