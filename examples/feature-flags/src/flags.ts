/** Which flags there are, and what may be in them. */

export interface Flags {
  readonly newCheckout: boolean;
  /** Of the users. */
  readonly checkoutPercent: number;
  /** At the top of each page; `''` for none. */
  readonly banner: string;
}

export const defaults: Flags = Object.freeze({ newCheckout: false, checkoutPercent: 0, banner: '' });

interface Check {
  readonly expected: string;
  readonly isGood: (value: unknown) => boolean;
}
const checks: { readonly [F in keyof Flags]: Check } = {
  newCheckout: { expected: 'true or false', isGood: (value) => typeof value === 'boolean' },
  checkoutPercent: {
    expected: 'a number from 0 to 100',
    isGood: (value) => typeof value === 'number' && value >= 0 && value <= 100,
  },
  banner: {
    expected: 'a text of at most 80 characters',
    isGood: (value) => typeof value === 'string' && value.length <= 80,
  },
};

/** What is wrong with flags from anywhere; `undefined` if nothing is. */
export function problemIn(flags: object): string | undefined {
  const unknown = Object.keys(flags).find((flag) => !Object.hasOwn(checks, flag));
  if (unknown !== undefined) return `there is no flag ${unknown}`;
  for (const [flag, { expected, isGood }] of Object.entries(checks)) {
    const value: unknown = Reflect.get(flags, flag);
    if (!isGood(value)) return `${flag} must be ${expected}, got ${JSON.stringify(value)}`;
  }
  return undefined;
}
