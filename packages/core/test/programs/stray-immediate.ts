/** Processes whose immediates throw, each time while all rest; what follows takes more than one slice. Prints what their monitors said. */
import {
  type Clock,
  type Context,
  createNode,
  type Down,
  exitStray,
  formatValue,
  isDown,
  type Pid,
  realClock,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
} from '@coppice/core';

process.on('uncaughtException', exitStray);

// Time passes whenever the scheduler looks, so that its slices are over after a few turns.
let time = 0;
const clock: Clock = {
  ...realClock,
  now: () => {
    time += 0.4;
    return time;
  },
};

await createNode({ clock }).run(async () => {
  const echo: Pid<Pid<string>> = spawn(async (context: Context<Pid<string>>) => {
    for (;;) send(await context.receive(), 'echo');
  });
  for (let n = 0; n < 10; n += 1) {
    const { ref } = spawnMonitor(async () => {
      setImmediate(() => {
        throw new Error(`immediate ${n}`);
      });
      await sleep('infinity');
    });
    const { reason } = await receive((message): message is Down => isDown(message) && message.ref === ref);
    for (let left = 20; left > 0; left -= 1) {
      send(echo, self<string>());
      await receive();
    }
    console.log(formatValue(reason));
  }
});
process.exit();
