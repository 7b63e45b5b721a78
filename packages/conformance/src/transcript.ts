/** The oracle's data: scripts, transcripts, census. Read by the comparison alone, never by a scenario. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Json } from './encoder.ts';
import type { Line } from './oracle.ts';

export const dataFolder: URL = new URL('../oracle/', import.meta.url);

/** Ids of all scripts: `seed/01_task_async_await`, … The ones in `more` are of this package's own making. */
export function scriptIds(): readonly string[] {
  return ['seed', 'sup', 'more'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, dataFolder))
      .filter((file) => file.endsWith('.exs'))
      .map((file) => `${folder}/${file.slice(0, -'.exs'.length)}`)
      .toSorted(),
  );
}

/** What the BEAM printed for a script. */
export function transcript(id: string): readonly Line[] {
  const lines = readFileSync(new URL(`${id}.jsonl`, dataFolder), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map(parseLine);
}

function parseLine(text: string): Line {
  const parsed: unknown = JSON.parse(text);
  const isLine = typeof parsed === 'object' && parsed !== null && 'step' in parsed && 'value' in parsed;
  if (!isLine || typeof parsed.step !== 'string') throw new TypeError(`not a line of a transcript: ${text}`);
  return { step: parsed.step, value: parsed.value as Json }; // JSON.parse makes nothing else
}
