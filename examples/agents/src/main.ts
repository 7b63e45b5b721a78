/** Runs the patterns one after the other. Each file but the modules it uses is a program of its own too. */
const patterns = [
  'use-counter',
  'use-kv-store',
  'use-config',
  'use-game-state',
  'use-sessions',
  'use-analytics',
  'use-hybrid-cache',
  'use-global-counter',
  'fast-updates',
];

for (const pattern of patterns) {
  console.log(`# ${pattern.replace('use-', '')}`);
  await import(`./${pattern}.ts`);
}
