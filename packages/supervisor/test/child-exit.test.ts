/** Restart × reason × strategy, as a table of decisions. */
import type { ExitReason, Restart } from '@coppice/core';
import type { AutoShutdown, Strategy } from '@coppice/supervisor';
import { describe, expect, it } from 'vitest';
import { type Action, onExit, onRestart } from '../src/child-exit.ts';
import { completeSpec } from '../src/child-spec.ts';
import type { ChildStatus } from '../src/children.ts';
import { noRestarts } from '../src/restart-intensity.ts';
import { planShutdown } from '../src/restart-strategy.ts';
import { completeFlags } from '../src/supervisor-flags.ts';

interface Fake {
  readonly spec: ReturnType<typeof completeSpec>;
  readonly status: ChildStatus;
}

const start = async () => 'ignore' as const;

class Family extends Array<Fake> {
  backwards(): readonly Fake[] {
    return [...this].reverse();
  }
}

/** Children like `'a:permanent b:temporary! c:transient~'`: `!` is significant, `~` is stopped. */
function family(text: string): Family {
  return Family.from(
    text.split(' ').map((word): Fake => {
      const [id = '', rest = 'permanent'] = word.split(':');
      const restart = rest.replace(/[!~]/g, '') as Restart; // written by the tests below
      return {
        spec: completeSpec({ id, start, restart, significant: rest.includes('!') }),
        status: rest.includes('~') ? 'stopped' : 'running',
      };
    }),
  ) as Family; // `from` of a subclass of Array gives that
}

interface Given {
  readonly strategy?: Strategy;
  readonly autoShutdown?: AutoShutdown;
  readonly maxRestarts?: number;
}

function decide(text: string, index: number, reason: ExitReason, given: Given = {}): string {
  const children = family(text);
  const child = children[index];
  if (child === undefined) throw new RangeError(`no child ${index}`);
  const flags = completeFlags({ strategy: 'one_for_one', ...given });
  const { actions } = onExit({ flags, restarts: noRestarts, children }, child, { reason, nowMs: 0 });
  return actions.map(write).join(', ');
}

function write(action: Action<Fake>): string {
  if (action.kind === 'exit') return 'exit';
  const id = String(action.child.spec.id);
  if (action.kind !== 'report') return `${action.kind} ${id}`;
  return `${action.report}(${id} ${action.action})`;
}

const reasons: readonly (readonly [label: string, reason: ExitReason, isClean: boolean])[] = [
  ['normal', 'normal', true],
  ['shutdown', 'shutdown', true],
  ['{ shutdown }', { shutdown: 'x' }, true],
  ['crash', 'crash', false],
  ['killed', 'killed', false],
  ['Error', new Error('boom'), false],
  ["an Error with a field 'shutdown'", Object.assign(new Error('boom'), { shutdown: 1 }), false],
  ['noproc', ['noproc', 'y'], false],
];
const restartPlans: { readonly [S in Strategy]: string } = {
  one_for_one: 'start b',
  one_for_all: 'forget b, stop d, stop c, stop a, start a, start b, start c',
  rest_for_one: 'forget b, stop d, stop c, start b, start c',
};

describe('onExit', () => {
  for (const [strategy, plan] of Object.entries(restartPlans) as [Strategy, string][]) {
    describe(`under ${strategy}`, () => {
      it.each(reasons)(
        'restarts a permanent child after %s [otp-sup-052] [otp-sup-055] [otp-sup-059] [semantics 81]',
        (_, reason) => {
          const text = 'a:permanent b:permanent c:transient d:temporary';
          expect(decide(text, 1, reason, { strategy })).toBe(`child_terminated(b restart), ${plan}`);
        },
      );

      it.each(reasons)(
        'restarts a transient child after %s only if that is abnormal [otp-sup-053] [otp-sup-056] [otp-sup-060] [semantics 81]',
        (_, reason, isClean) => {
          const text = 'a:permanent b:transient c:transient d:temporary';
          expect(decide(text, 1, reason, { strategy })).toBe(
            isClean ? 'forget b' : `child_terminated(b restart), ${plan}`,
          );
        },
      );

      it.each(reasons)(
        'never restarts a temporary child: %s [otp-sup-054] [otp-sup-057] [otp-sup-061] [semantics 81]',
        (_, reason, isClean) => {
          const text = 'a:permanent b:temporary c:transient d:temporary';
          expect(decide(text, 1, reason, { strategy })).toBe(
            isClean ? 'forget b' : 'child_terminated(b remove), forget b',
          );
        },
      );
    });
  }

  it('gives up when there were too many restarts', () => {
    expect(decide('a b', 0, 'crash', { maxRestarts: 0 })).toBe(
      'child_terminated(a shutdown), shutdown(a shutdown), forget a, exit',
    );
  });

  it('ends the supervisor with any significant child, or with the last one', () => {
    const any = { autoShutdown: 'any_significant' } as const;
    const all = { autoShutdown: 'all_significant' } as const;
    expect(decide('a:transient! b:transient!', 0, 'normal', any)).toBe('forget a, exit');
    expect(decide('a:temporary! b', 0, 'crash', any)).toBe('child_terminated(a shutdown), forget a, exit');
    expect(decide('a:transient! b', 0, 'crash', any)).toBe('child_terminated(a restart), start a');
    expect(decide('a:transient b:transient!', 0, 'normal', any)).toBe('forget a');
    expect(decide('a:transient! b:transient!', 0, 'normal', all)).toBe('forget a');
    expect(decide('a:transient! b:transient!~', 0, 'normal', all)).toBe('forget a, exit');
    expect(decide('a:transient! b:transient', 0, 'normal', all)).toBe('forget a, exit');
  });
});

describe('onRestart', () => {
  it('counts a group once', () => {
    const children = family('a b c');
    const [child] = children;
    if (child === undefined) throw new RangeError('no child');
    const flags = completeFlags({ strategy: 'one_for_all' });
    const { restarts } = onRestart({ flags, restarts: noRestarts, children }, child, 0);
    expect(restarts.size).toBe(1);
  });
});

describe('planShutdown', () => {
  it('stops all, last started first', () => {
    expect(planShutdown(family('a b:temporary c')).map(write)).toEqual(['stop c', 'stop b', 'stop a']);
  });
});
