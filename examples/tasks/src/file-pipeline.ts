/** Files, read a few at a time as their names are found; one that cannot be read costs its own entry and no other. */
import { mkdir, mkdtemp, opendir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TaskSupervisor } from '@coppice/task';

const folder = await mkdtemp(join(tmpdir(), 'orders-'));
for (let day = 1; day <= 9; day += 1) await writeFile(join(folder, `${day}.csv`), 'tea,2\n'.repeat(day));
await mkdir(join(folder, '10.csv')); // a folder, which cannot be read as a file

/** Names as the folder gives them: they are found no faster than the files are read. */
async function* namesIn(path: string): AsyncGenerator<string> {
  for await (const { name } of await opendir(path)) yield name;
}

async function cupsIn(name: string, signal: AbortSignal): Promise<number> {
  const text = await readFile(join(folder, name), { encoding: 'utf8', signal });
  const lines = text.trimEnd().split('\n');
  return lines.reduce((sum, line) => sum + Number(line.split(',')[1]), 0);
}

const readers = await TaskSupervisor.startLink();
const files = TaskSupervisor.asyncStreamNolink(
  readers,
  namesIn(folder),
  (name, { signal }) => cupsIn(name, signal),
  { maxConcurrency: 4, ordered: false, zipInputOnExit: true },
);

let cups = 0;
for await (const file of files) {
  if (file.ok) cups += file.value;
  else console.log(`${file.input} cannot be read`);
}
console.log(`${cups} cups in all`);

await TaskSupervisor.stop(readers);
await rm(folder, { recursive: true });
