/** A package with a planted mistake: a copy of its source in which one piece of text is another. What a property test is worth is how many of them it finds. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A mistake: in `file`, `from` becomes `to`. */
export interface Mutant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Runs `use` with the package whose folder is `home`, with `mistakes` in it. */
export async function withMistakes<L, T>(
  home: URL,
  mistakes: readonly Omit<Mutant, 'mistake'>[],
  use: (lib: L) => Promise<T>,
): Promise<T> {
  const copy = fileURLToPath(new URL(`dist/.mutants/${crypto.randomUUID()}/`, home)); // where it finds what the package depends on
  mkdirSync(copy, { recursive: true });
  try {
    cpSync(fileURLToPath(new URL('src/', home)), copy, { recursive: true });
    for (const { file, from, to } of mistakes) plant(copy + file, from, to);
    const lib = (await import(/* @vite-ignore */ `${copy}index.ts`)) as L; // a copy of that package
    return await use(lib);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function plant(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
