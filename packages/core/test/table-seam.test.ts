import { createNode, isolated, nodeKey } from '@coppice/core';
import { describe, expect, it } from 'vitest';

describe('nodeKey', () => {
  it('is the same for all processes of a node, and another on a node of the same name', async () => {
    const one = createNode({ name: 'twin' });
    const two = createNode({ name: 'twin' });
    const key = await one.run(() => nodeKey());
    expect(await one.run(() => nodeKey())).toBe(key);
    expect(await two.run(() => nodeKey())).not.toBe(key);
  });
});

describe('isolated', () => {
  it('gives the value itself, frozen, or a copy, as the caller would receive it', async () => {
    const value = { list: [1] };
    const under = (isolation: 'share' | 'freeze' | 'clone') =>
      createNode({ isolation }).run(() => ({ isSame: isolated(value) === value, copy: isolated(value) }));
    expect(await under('share')).toEqual({ isSame: true, copy: value });
    expect(await under('clone')).toEqual({ isSame: false, copy: value });
    expect(Object.isFrozen(value)).toBe(false);
    await under('freeze');
    expect(Object.isFrozen(value.list)).toBe(true);
  });
});
