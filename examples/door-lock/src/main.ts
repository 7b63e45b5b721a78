/** A door and its keypad: codes, a pause, digits ahead of time; then a bolt that is stuck, and a kill. */
import { ExitError, exit, isDown, monitor, receive, Supervisor, whereis } from 'coppice';
import { Door } from './door.ts';
import { Keypad } from './keypad.ts';

let isStuck = false;
const drawBolt = () => {
  if (isStuck) throw new Error('the bolt is stuck');
};

const door = Door.name('door');
const keypad = Keypad.name('keypad');
const app = await Supervisor.startLink(
  [
    Door.childSpec({ code: '1234', openMs: 100, pauseMs: 200, drawBolt }, { name: door }),
    Keypad.childSpec(door, { name: keypad }),
  ],
  { strategy: 'rest_for_one' },
);

console.log('# a wrong code, the right one, and after a while it is locked again');
await press('4321');
await press('1234');
await locked();

console.log('# a pause between the digits: they are forgotten');
await press('12');
await Door.waitFor(door, ({ context }) => context.entered === '');
await press('34');

console.log('# digits for an open door: they count when it is locked');
await press('1234');
await press('12');
await locked();
await press('34');
await locked();

console.log('# the bolt is stuck: the door crashes, and the keypad that waits for it; both start again');
isStuck = true;
await press('1234');
await Supervisor.countChildren(app); // answers when both are started
console.log('door:', (await Door.snapshot(door)).value);
isStuck = false;
await press('1234');

console.log('# the open door is killed: a new one is locked');
const pid = whereis(door);
if (pid === undefined) throw new Error('there is no door');
monitor(pid);
exit(pid, 'kill');
await receive(isDown);
await Supervisor.countChildren(app);
console.log('door:', (await Door.snapshot(door)).value);
await press('1234');
await Supervisor.stop(app);

async function press(digits: string): Promise<void> {
  try {
    console.log(`${digits}:`, await Keypad.call(keypad, 'press', digits));
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    console.log(`${digits}: no answer`);
  }
}

async function locked(): Promise<void> {
  await Door.waitFor(door, (snapshot) => snapshot.matches('locked'));
  console.log('locked again');
}
