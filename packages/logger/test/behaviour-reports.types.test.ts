import type { ApplicationProgress, ApplicationReport, SignalReport } from '@coppice/application';
import type { UnexpectedMessage } from '@coppice/gen-server';
import type { SupervisorProgress, SupervisorReport } from '@coppice/supervisor';
import { describe, expectTypeOf, it } from 'vitest';
import type {
  ApplicationEvent,
  ApplicationStartEvent,
  SignalEvent,
  SupervisorEvent,
  SupervisorStartEvent,
  UnexpectedMessageEvent,
} from '../src/behaviour-reports.ts';

describe('the shapes that the logger knows', () => {
  it('are those that the packages emit', () => {
    expectTypeOf<SupervisorReport>().toExtend<SupervisorEvent>();
    expectTypeOf<SupervisorProgress>().toExtend<SupervisorStartEvent>();
    expectTypeOf<UnexpectedMessage>().toExtend<UnexpectedMessageEvent>();
    expectTypeOf<ApplicationReport>().toExtend<ApplicationEvent>();
    expectTypeOf<ApplicationProgress>().toExtend<ApplicationStartEvent>();
    expectTypeOf<SignalReport>().toExtend<SignalEvent>();
  });
});
