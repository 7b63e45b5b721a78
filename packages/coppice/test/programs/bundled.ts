/** Uses little of Coppice, so that a bundler may leave out most of it. */
import { self, spawn } from 'coppice';

console.log(`main is ${self()}`);
spawn(() => {
  setTimeout(() => self(), 5); // stopped, for the process has ended by then
});
setTimeout(() => console.log('the program goes on'), 20);
