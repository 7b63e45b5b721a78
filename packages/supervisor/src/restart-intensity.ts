/**
 * How often a supervisor has restarted of late, and whether that is too often. Pure; constant time per restart however large the limit is
 * (a supervisor that tolerates 1,000,000 restarts a minute must not look through them at each). OTP: the intensity check of `supervisor`.
 */

/** More than `intensity` restarts within `periodMs` are too many. OTP: `intensity`, `period`. */
export interface Intensity {
  /** Restarts tolerated within the period; 0 tolerates none. */
  readonly intensity: number;
  readonly periodMs: number;
}

/** The restarts that count: a queue of times, made of two lists so that both of its ends are near. */
export interface Restarts {
  readonly size: number;
  /** Oldest first. */
  readonly front: Stamp | undefined;
  /** Newest first; all newer than those of `front`. */
  readonly back: Stamp | undefined;
}

interface Stamp {
  readonly atMs: number;
  readonly next: Stamp | undefined;
}

/** What a new supervisor has. */
export const noRestarts: Restarts = { size: 0, front: undefined, back: undefined };

/**
 * Adds a restart at `nowMs` (monotonic ms, never less than before) and says whether the limit is exceeded now. A restart exactly `periodMs` old
 * still counts. Never throws: `limit` was checked when the supervisor started.
 */
export function recordRestart(
  restarts: Restarts,
  nowMs: number,
  limit: Intensity,
): { readonly restarts: Restarts; readonly exceeded: boolean } {
  const recent = expire(restarts, nowMs - limit.periodMs);
  const size = recent.size + 1;
  return {
    restarts: { size, front: recent.front, back: { atMs: nowMs, next: recent.back } },
    exceeded: size > limit.intensity,
  };
}

/** Without the restarts before `sinceMs`. */
function expire(restarts: Restarts, sinceMs: number): Restarts {
  let { size, front, back } = restarts;
  while (size > 0) {
    if (front === undefined) {
      front = reverse(back);
      back = undefined;
    }
    if (front === undefined || front.atMs >= sinceMs) break;
    front = front.next;
    size -= 1;
  }
  return { size, front, back };
}

function reverse(list: Stamp | undefined): Stamp | undefined {
  let reversed: Stamp | undefined;
  for (let stamp = list; stamp !== undefined; stamp = stamp.next) {
    reversed = { atMs: stamp.atMs, next: reversed };
  }
  return reversed;
}
