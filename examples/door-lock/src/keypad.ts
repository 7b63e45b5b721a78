/** The client: a server that passes digits on to a door and says what came of them. */
import { GenServer, reply } from 'coppice';
import { Door, type DoorRef } from './door.ts';

export const Keypad = GenServer.define('Keypad', {
  init: (door: DoorRef) => door,
  call: {
    /** Whether the door is open after these digits. If the door dies of them, so does the keypad. */
    press: async (door, digits: string) => {
      for (const digit of digits) Door.cast(door, { type: 'digit', digit });
      const { value } = await Door.snapshot(door);
      return reply(value, door);
    },
  },
});
