/** What the command does: checks once, or with `--chaos` twice, prints the report and gives the exit code. */
import pc from 'picocolors';
import { makeAssignment } from './assignment.ts';
import { type ChaosReport, formatChaosReport, formatJudgement, makeChaosReport } from './chaos-report.ts';
import { check, type Outcome } from './check.ts';
import type { CommandLine } from './cli.ts';
import type { Screen } from './progress.ts';
import { formatReport, formatSummary, makeReport, type Report, unusableReport } from './report.ts';
import { readSource } from './source.ts';

/** A stream that may be a terminal, as stdout and stderr are. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

export interface Surroundings {
  /** For the report. */
  readonly stdout: Output;
  /** For progress. */
  readonly stderr: Output;
  /** Ends the run early, as Ctrl-C does. */
  readonly interrupt: AbortSignal;
}

/** What is printed. With chaos, `calm` is the run before. */
interface Findings {
  readonly report: Report;
  readonly calm?: Report;
  readonly chaos?: ChaosReport;
}

/** Resolves with the exit code. Rejects with `ExitError` if the tree can't start or gives up. */
export async function program(line: CommandLine, surroundings: Surroundings): Promise<number> {
  const findings = await investigate(line, surroundings);
  const { stdout } = surroundings;
  stdout.write(line.json ? `${JSON.stringify(findings, null, 2)}\n` : format(findings, stdout));
  return exitCode(findings);
}

async function investigate(line: CommandLine, surroundings: Surroundings): Promise<Findings> {
  const target = line.target ?? 'README and docs of this repository';
  const source = await readSource(line.target);
  if (source.kind === 'unusable') return { report: unusableReport(target, source.reason) };
  const assignment = await makeAssignment(source, line);
  const reportOn = (outcome: Outcome) => makeReport({ ...assignment, ...outcome, target });
  const options = { screen: screenOn(surroundings.stderr), interrupt: surroundings.interrupt };
  const lastOptions = line.tree ? { ...options, onTree: treeWriter(line, surroundings) } : options;

  if (!line.chaos) return { report: reportOn(await check({ ...assignment.calm, ...lastOptions })) };
  const calm = await check({ ...assignment.calm, ...options });
  if (!calm.complete) return { report: reportOn(calm) };
  const outcome = await check({ ...assignment.chaos, ...lastOptions });
  const chaos = makeChaosReport({ ...assignment, outcome, calm });
  return { report: reportOn(outcome), calm: reportOn(calm), chaos };
}

function screenOn(output: Output): Screen {
  return {
    isTerminal: output.isTTY === true,
    columns: output.columns ?? Number.POSITIVE_INFINITY,
    colors: colorsFor(output),
    write: (text) => void output.write(text),
  };
}

/** With JSON on stdout the tree goes elsewhere. */
function treeWriter({ json }: CommandLine, { stdout, stderr }: Surroundings): (tree: string) => void {
  return (tree) => void (json ? stderr : stdout).write(`${tree}\n\n`);
}

function format({ report, calm, chaos }: Findings, stdout: Output): string {
  const colors = colorsFor(stdout);
  const own = formatReport(report, colors);
  if (calm === undefined || chaos === undefined) return own + formatSummary(report, colors);
  return [
    own,
    formatChaosReport(chaos, colors),
    `without chaos: ${formatSummary(calm, colors)}`,
    `with chaos:    ${formatSummary(report, colors)}`,
    formatJudgement(chaos, colors),
  ].join('');
}

function exitCode({ report, chaos }: Findings): number {
  if (!report.complete) return 130;
  return report.broken.length > 0 || (chaos?.differences ?? []).length > 0 ? 1 : 0;
}

function colorsFor(output: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(output.isTTY === true && output.hasColors?.() !== false);
}
