import * as agent from '@coppice/agent';
import * as application from '@coppice/application';
import * as core from '@coppice/core';
import * as ets from '@coppice/ets';
import * as genServer from '@coppice/gen-server';
import * as registry from '@coppice/registry';
import * as supervisor from '@coppice/supervisor';
import * as task from '@coppice/task';
import * as coppice from 'coppice';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const packages = {
  ...core,
  ...genServer,
  ...agent,
  ...supervisor,
  ...task,
  ...registry,
  ...ets,
  ...application,
};

describe('coppice', () => {
  it.each(Object.entries(coppice))('exports %s as its package does', (name, value) => {
    expect(Object.entries(packages)).toContainEqual([name, value]);
  });

  it('has every behaviour that needs no other install', () => {
    expect(Object.keys(coppice)).toEqual(
      expect.arrayContaining([
        'Agent',
        'Application',
        'DynamicSupervisor',
        'Ets',
        'GenServer',
        'PartitionSupervisor',
        'Registry',
        'Supervisor',
        'Task',
        'TaskSupervisor',
      ]),
    );
    const needed = Object.keys(manifest.dependencies);
    expect(needed.filter((name) => !name.startsWith('@coppice/'))).toEqual([]);
    expect(needed).not.toContain('@coppice/logger');
    expect(needed).not.toContain('@coppice/gen-statem');
  });
});
