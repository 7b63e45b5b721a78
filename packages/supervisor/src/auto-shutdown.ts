/** Whether the end of a child ends its supervisor. Pure. OTP: `auto_shutdown` and `significant`. */
import type { ChildView } from './children.ts';
import type { AutoShutdown } from './supervisor-flags.ts';

/** Whether the supervisor ends because `child` has, which is not going to be restarted; `siblings` may contain it. */
export function endsSupervisor<C extends ChildView>(
  autoShutdown: AutoShutdown,
  siblings: Iterable<C>,
  child: C,
): boolean {
  if (!child.spec.significant) return false;
  switch (autoShutdown) {
    case 'never':
      return false;
    case 'any_significant':
      return true;
    case 'all_significant':
      return !hasOther(siblings, child);
  }
}

function hasOther<C extends ChildView>(siblings: Iterable<C>, child: C): boolean {
  for (const sibling of siblings) {
    if (sibling !== child && sibling.spec.significant && sibling.status !== 'stopped') return true;
  }
  return false;
}
