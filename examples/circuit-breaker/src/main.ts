/** A service that fails and heals, behind a breaker; then the breaker and its client are killed. */
import { exit, isDown, monitor, type Pid, receive, Supervisor, whereis } from 'coppice';
import { CircuitBreaker } from './circuit-breaker.ts';
import { Forecast } from './forecast.ts';
import { WeatherService } from './weather-service.ts';

const service = new WeatherService();
const breaker = CircuitBreaker.name('weather.breaker');
const forecast = Forecast.name('forecast');

const app = await Supervisor.startLink(
  [
    CircuitBreaker.childSpec({ limit: 3, coolDownMs: 250 }, { name: breaker }),
    Forecast.childSpec({ service, breaker }, { name: forecast }),
  ],
  { strategy: 'one_for_one' },
);

console.log('# the service works');
await ask();

console.log('# it fails: the third failure opens the breaker, and nobody asks it any more');
service.isUp = false;
for (let request = 1; request <= 5; request += 1) await ask();

console.log('# cooled down, and still down: one trial, then open again');
await cooledDown();
await ask();
await ask();

console.log('# cooled down, and up again: the trial closes it');
service.isUp = true;
await cooledDown();
await ask();
await ask();

console.log('# the breaker is killed: a new one is closed');
await kill(whereis(breaker));
await ask();

console.log('# the client is killed: a new one has nothing to fall back on, until it has asked');
await kill(whereis(forecast));
service.isUp = false;
await ask();
service.isUp = true;
await ask();
await Supervisor.stop(app);

async function ask(): Promise<void> {
  const answer = await Forecast.call(forecast, 'today');
  const { value } = await CircuitBreaker.snapshot(breaker);
  console.log(`${answer} | breaker ${value}, ${service.requests} requests`);
}

async function cooledDown(): Promise<void> {
  await CircuitBreaker.waitFor(breaker, (snapshot) => snapshot.matches('halfOpen'));
}

/** Kills a child of the supervisor, which has started it again when it answers. */
async function kill(pid: Pid<never> | undefined): Promise<void> {
  if (pid === undefined) throw new Error('there is no such process');
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
  await Supervisor.countChildren(app);
}
