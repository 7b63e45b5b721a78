/** Runs the patterns one after the other. Each file is a program of its own too. */
const patterns = [
  'async-await',
  'many-tasks',
  'supervised-tasks',
  'fire-and-forget',
  'async-stream',
  'yield',
  'pipeline',
  'file-pipeline',
  'task-pool',
  'retry',
];

for (const pattern of patterns) {
  console.log(`# ${pattern}`);
  await import(`./${pattern}.ts`);
}
