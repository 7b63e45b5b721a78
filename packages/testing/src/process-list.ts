/** The processes of a node as a failed test tells of them. */
import { type CoppiceNode, type Pid, typeOfMessage } from '@coppice/core';

const MOST_PROCESSES = 50;
const MOST_MESSAGES = 5;

/** A line for each process but main, oldest first: who it is, what it is doing, what lies in its mailbox. */
export function listProcesses(node: CoppiceNode): string {
  const pids = node.processes().filter((pid) => pid !== node.main);
  const lines = pids.slice(0, MOST_PROCESSES).map((pid) => `  ${describeProcess(node, pid)}`);
  if (pids.length > MOST_PROCESSES) lines.push(`  and ${pids.length - MOST_PROCESSES} more`);
  return lines.length === 0 ? '  no process is left' : lines.join('\n');
}

function describeProcess(node: CoppiceNode, pid: Pid<never>): string {
  const info = node.info(pid);
  if (info === undefined) return `${pid} has exited`;
  const { registeredName, initialCall, status, messages } = info;
  const name = registeredName === undefined ? '' : ` ${registeredName}`;
  const doing = status === 'running' ? 'runs, or awaits what is not of the runtime' : status;
  return `${pid}${name} ${initialCall}: ${doing}, ${describeMailbox(messages)}`;
}

function describeMailbox(messages: readonly unknown[]): string {
  if (messages.length === 0) return 'mailbox empty';
  const types = messages.slice(0, MOST_MESSAGES).map(typeOfMessage).join(', ');
  return `${messages.length} in the mailbox: ${types}${messages.length > MOST_MESSAGES ? ', …' : ''}`;
}
