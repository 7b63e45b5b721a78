import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** A program in a world like a browser's, where nothing follows promises. */
const program = `
  process.getBuiltinModule = undefined;
  const { exit, spawnLink, sleep, subscribe, whereis } = await import('@coppice/core');
  const { DynamicSupervisor, Supervisor } = await import('@coppice/supervisor');
  subscribe('coppice.supervisor.report', ({ report, action }) => console.log(report, action));
  let starts = 0;
  const start = async () => {
    if (++starts === 2) throw new Error('not yet');
    return spawnLink(() => sleep('infinity'), { name: 'a' });
  };
  const tree = await Supervisor.startLink([{ id: 'a', start }, DynamicSupervisor.childSpec({ name: 'jobs' })], { strategy: 'rest_for_one' });
  exit(whereis('a'), 'kill');
  while (starts < 3) await Supervisor.countChildren(tree);
  await DynamicSupervisor.startChild('jobs', { id: 1, start: async () => spawnLink(() => sleep('infinity'), { trapExit: true }), shutdown: 1 });
  console.log(JSON.stringify(await Supervisor.countChildren(tree)));
  await Supervisor.terminateChild(tree, 'a');
  await Supervisor.restartChild(tree, 'a');
  await Supervisor.stop(tree);
  console.log('stopped');`;

it('supervises where there is no AsyncLocalStorage', () => {
  const flags = ['--conditions=@coppice/source', '--import', 'tsx', '--input-type=module', '--eval', program];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, flags, {
    cwd,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  expect(stdout.split('\n')).toEqual([
    'child_terminated restart',
    'start_error try_again',
    '{"specs":2,"active":2,"supervisors":1,"workers":1}',
    'shutdown_error none',
    'stopped',
    '',
  ]);
}, 40_000);
