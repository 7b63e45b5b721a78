import type { Context, CoppiceNode, ExitReason, Pid } from '@coppice/core';
import {
  explore,
  onNode,
  type RunningTest,
  type Simulation,
  simulate,
  simulated,
  type TestNode,
  withNode,
} from '@coppice/testing';
import { describe, expectTypeOf, it } from 'vitest';

describe('the types of simulate', () => {
  it('give what the body gives', () => {
    expectTypeOf(simulate(() => 7)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(simulate(async () => 'later')).toEqualTypeOf<Promise<string>>();
    expectTypeOf(withNode(async () => 'later')).toEqualTypeOf<Promise<string>>();
  });

  it('take the messages of the body from its context', () => {
    const body = async (_simulation: Simulation, { self, receive }: Context<{ n: number }>) => {
      expectTypeOf(self).toEqualTypeOf<Pid<{ n: number }>>();
      return await receive();
    };
    const run = () => simulate(body);
    expectTypeOf(run).returns.toEqualTypeOf<Promise<{ n: number }>>();
    expectTypeOf(simulated(body)).toBeFunction();
  });

  it('name what a body gets', () => {
    expectTypeOf<Simulation>().toExtend<TestNode>();
    expectTypeOf<Simulation['node']>().toEqualTypeOf<CoppiceNode>();
    expectTypeOf<Simulation['down']>().toEqualTypeOf<(pid: Pid<never>) => Promise<ExitReason>>();
    expectTypeOf<Simulation['settle']>().toEqualTypeOf<(ms?: number) => Promise<void>>();
  });

  it('can be written out, of exported tests too', () => {
    type Test = (test?: RunningTest) => Promise<void>;
    expectTypeOf(simulated(() => {})).toEqualTypeOf<Test>();
    expectTypeOf(onNode(() => {})).toEqualTypeOf<Test>();
  });

  it('refuse what makes no sense', () => {
    // @ts-expect-error a seed is a number
    void simulated(() => {}, { seed: '1' });
    // @ts-expect-error explore chooses the seeds
    const seeded = () => explore(() => {}, { seed: 1 });
    expectTypeOf(seeded).returns.toEqualTypeOf<Promise<void>>();
    // @ts-expect-error a test in real time has no time to move
    void simulated.call(undefined, ({ advance }: TestNode) => advance);
    // @ts-expect-error the only word is 'allowed'
    void simulated(() => {}, { crashes: true });
  });
});
