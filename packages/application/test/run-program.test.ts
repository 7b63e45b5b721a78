import { describe, expect, it } from 'vitest';
import { start } from './child.ts';

const ORDER = 'terminate top shutdown\nstop top\nterminate base shutdown\nstop base\n';

// Real processes and real signals; what follows from which signal, end and restart type is tested in virtual time, in `run.test.ts`.
describe('Application.run', { timeout: 120_000, concurrent: true }, () => {
  it('stays up until SIGTERM, stops all in order, flushes what was printed last, and ends with 0', async () => {
    const { child, line, ended } = start('life', 'prints');
    await line('up');
    child.kill('SIGTERM');
    await line('prep top');
    child.stdout?.pause();
    await new Promise((resolve) => setTimeout(resolve, 300)); // a slow reader
    child.stdout?.resume();
    const { code, stdout, stderr } = await ended;
    expect(stdout.replace('x'.repeat(1_000_000), '(much)')).toBe(
      `up\nprep top {"live":true,"ready":false,"why":["stopping: SIGTERM"]}\n${ORDER.replace('stop top', 'stop top\n(much)\nlast line')}`,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('ends with 1 when the shutdown time is over, and says what has not stopped', async () => {
    const { child, line, ended } = start('life', 'hangs');
    await line('up');
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(stderr).toMatch(/^not stopped within 1000 ms:\n {2}top #PID<.*> application_master\n/);
    expect(code).toBe(1);
  });

  it('keeps the exit code that the program has set, unless something failed', async () => {
    const { child, line, ended } = start('life', 'sets the exit code');
    await line('up');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 3, stderr: '' });
  });

  it('ends at once at a second signal', async () => {
    const { child, line, ended } = start('life', 'hangs');
    await line('up');
    child.kill('SIGTERM');
    await line('prep top');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).not.toContain('terminate');
  });

  it('ends so too where only the names of signals are told', async () => {
    const { code, stderr } = await start('unnumbered').ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  });

  it.each([
    ['permanent', 1],
    ['transient', 0],
  ] as const)('that is %s and ends by itself, with normal, has exit code %i', async (restart, expected) => {
    const { code, stdout, stderr } = await start('life', 'normal', restart).ended;
    expect(stdout).toMatch(/stop top\nterminate base shutdown\nstop base\n$/);
    expect(stderr.includes(`application top ended: normal\n  it is ${restart}: all others are stopped`)).toBe(
      expected === 1,
    );
    expect(code).toBe(expected);
  });

  it('that does not start says why, stops what it has started, and ends with 1', async () => {
    const { code, stdout, stderr } = await start('life', 'fails').ended;
    expect(stderr).toContain('application top did not start: Error: no database\n      at ');
    expect(stdout).toBe('terminate base shutdown\nstop base\n');
    expect(code).toBe(1);
  });

  // Which child, why, what follows: each once.
  it.each([
    [
      'runs',
      'permanent',
      `process (pid) (till) crashed: Till
  Error: no paper
      at print (file)
      (and 9 of the runtime)
  last message: $gen_cast print
  ancestors: shop.sup, (pid), (pid), application_controller, (pid)
Supervisor (pid) (shop.sup): child till (pid) ended: Error: no paper; the supervisor ends, restart 1 of at most 0 in 5 s
application shop ended: shutdown
  it is permanent: all others are stopped, and the program ends
`,
    ],
    [
      'start',
      'permanent',
      `process (pid) crashed: Till
  Error: no paper
      at Object.init (file)
      (and 9 of the runtime)
  ancestors: shop.sup, (pid), (pid), application_controller, (pid)
Supervisor (pid) (shop.sup): child till did not start: Error: no paper; the supervisor does not start
application shop did not start: Error: no paper
  it is permanent: all others are stopped, and the program ends
`,
    ],
    [
      'start',
      'temporary',
      `process (pid) crashed: Till
  Error: no paper
      at Object.init (file)
      (and 9 of the runtime)
  ancestors: shop.sup, (pid), (pid), application_controller, (pid)
Supervisor (pid) (shop.sup): child till did not start: Error: no paper; the supervisor does not start
application shop did not start: Error: no paper
nothing is left to run without application shop: the program ends
`,
    ],
  ])('tells a failure only once: %s, %s', async (does, restart, told) => {
    const { code, stderr } = await start('repeats', does, restart).ended;
    const plain = stderr.replaceAll(/#PID<[^>]*>/g, '(pid)').replaceAll(/\(\/[^)]*\)/g, '(file)');
    expect(plain.replaceAll(/and \d+ of the runtime/g, 'and 9 of the runtime')).toBe(told);
    expect(code).toBe(1);
  });

  it('stops all in order when main dies of a link', async () => {
    const { code, stdout, stderr } = await start('life', 'main dies').ended;
    expect(stdout).toBe(
      `up\nprep top {"live":true,"ready":false,"why":["stopping: the node goes down"]}\n${ORDER}`,
    );
    expect(stderr).toMatch(/the main process #PID<0.1.0> was ended by an exit signal.*: broken/);
    expect(code).toBe(1);
  });

  it.each(['nobody', 'nobodys rejection'])(
    'leaves the default of Node to an error of no process: %s',
    async (does) => {
      const { code, stdout, stderr } = await start('life', does).ended;
      expect(stderr).toMatch(/Error: of nobody\n {4}at .*life.ts[^]*\nNode.js v/);
      expect(stdout).toBe('up\n');
      expect(code).toBe(1);
    },
  );

  it('is for one application: a second one is refused', async () => {
    const { code, stdout } = await start('script', 'runs twice').ended;
    expect(stdout).toBe(
      'TypeError: the program runs application app already: let it depend on other\nstop app\n',
    );
    expect(code).toBe(0);
  });
});

describe('an application that a script starts', { timeout: 120_000, concurrent: true }, () => {
  it('keeps the program running until it is stopped', async () => {
    const { code, stdout } = await start('script', 'stops').ended;
    expect(stdout).toBe('stop app\n');
    expect(code).toBe(0);
  });

  it('ends the program with 1 when it is permanent and ends', async () => {
    const { code, stdout, stderr } = await start('script', 'ends').ended;
    expect(stdout).toBe('stop app\n');
    expect(stderr).toContain('application app ended: normal\n  it is permanent: all others are stopped');
    expect(stderr).toContain(
      'the main process #PID<0.1.0> was ended by an exit signal, such as from a linked process: ["application_terminated","app","normal"]',
    );
    expect(code).toBe(1);
  });
});
