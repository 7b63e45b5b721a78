import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type CallSite, createNode, ExitError, StartError, sleep } from '../src/index.ts';

const call = (args: readonly unknown[]): CallSite => ({ module: 'GenServer', function: 'call', args });

describe('ExitError', () => {
  it('tells what was called, but of a request no more than its name: a log is no place for secrets', () => {
    const told = (request: unknown): string =>
      new ExitError('timeout', call(['users', request, 5_000])).message;
    expect(told('list')).toMatch(/^exited: timeout in GenServer\.call\(users, list, 5000\)/);
    expect(told(['login', 'hunter2'])).toContain('GenServer.call(users, ["login", …], 5000)');
    expect(told([1, 'hunter2'])).toContain('GenServer.call(users, […], 5000)');
    expect(told({ type: 'login', password: 'hunter2' })).toContain('GenServer.call(users, {…}, 5000)');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(told(proxy)).toContain('GenServer.call(users, …, 5000)');
    expect(told(null)).toContain('GenServer.call(users, null, 5000)');
  });

  it('names who was called in full', () => {
    const { message } = new ExitError('noproc', call([{ global: 'users' }, 'list', 5_000]));
    expect(message).toContain('GenServer.call({ global: "users" }, list, 5000)');
    const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
    const other = new ExitError('noproc', call([{ via, key: ['room', 7] }, 'list', 5_000]));
    expect(other.message).toContain('GenServer.call({ via, key: ["room",7] }, list, 5000)');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(new ExitError('noproc', call([proxy])).message).toContain('GenServer.call([unreadable])');
  });

  it('shows the error that it is an exit of once, as its cause', () => {
    const boom = new Error('boom');
    const error = new ExitError(boom);
    expect(error.reason).toBe(boom);
    const printed = inspect(error);
    expect(printed.match(/\n.*Error: boom\n/g)).toHaveLength(1);
    expect(printed).not.toContain('call:');
    expect(inspect(new ExitError('refused'))).toContain("reason: 'refused'");
  });

  it('has what was called, and shows it to nobody who prints it', () => {
    const args = ['users', ['login', 'hunter2'], 5_000];
    const error = new ExitError('timeout', call(args));
    expect(error.call?.args).toBe(args);
    expect(inspect(error)).not.toContain('hunter2');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

describe('StartError', () => {
  it('shows the error for which nothing started once, as its cause', () => {
    const boom = new Error('boom');
    const error = new StartError('Tree', boom);
    expect(error.reason).toBe(boom);
    expect(inspect(error).match(/\n.*Error: boom\n/g)).toHaveLength(1);
    expect(inspect(new StartError('Tree', ['EXIT', boom]))).toMatch(/reason: \[/);
  });
});

describe('a promise that is printed', () => {
  it('does not show the runtime, whose process Node keeps beside it', async () => {
    const printed = await createNode().run(() => inspect([sleep(0)], { depth: 9 }));
    expect(printed).toContain('Promise {');
    expect(printed).not.toContain('lineage');
  });
});
