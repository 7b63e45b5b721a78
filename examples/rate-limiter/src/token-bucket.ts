/** The arithmetic of a token bucket: no clock, no process. */

export interface Limit {
  /** Tokens in a full bucket: so many requests may come at once. */
  readonly capacity: number;
  /** Tokens that come back in a second, until the bucket is full. */
  readonly perSecond: number;
}

export interface TokenBucket {
  readonly limit: Limit;
  readonly tokens: number;
  /** When there were so many. */
  readonly atMs: number;
}

export type Verdict =
  | { readonly allowed: true; readonly remaining: number }
  | { readonly allowed: false; readonly retryAfterMs: number };

export function fullBucket(limit: Limit, nowMs: number): TokenBucket {
  return { limit, tokens: limit.capacity, atMs: nowMs };
}

/** An empty bucket is full again after so long. */
export function fillTimeMs({ capacity, perSecond }: Limit): number {
  return (capacity * 1_000) / perSecond;
}

export function takeToken(bucket: TokenBucket, nowMs: number): readonly [Verdict, TokenBucket] {
  const { limit, atMs } = bucket;
  const returned = ((nowMs - atMs) * limit.perSecond) / 1_000;
  const tokens = Math.min(limit.capacity, bucket.tokens + returned);
  if (tokens < 1) {
    const retryAfterMs = Math.ceil(((1 - tokens) * 1_000) / limit.perSecond);
    return [
      { allowed: false, retryAfterMs },
      { limit, tokens, atMs: nowMs },
    ];
  }
  return [
    { allowed: true, remaining: Math.floor(tokens - 1) },
    { limit, tokens: tokens - 1, atMs: nowMs },
  ];
}
