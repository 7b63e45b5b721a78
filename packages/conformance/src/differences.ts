/**
 * Lines of the oracle that cannot hold in JavaScript, each with the reason. A line that is listed here and is equal after all fails
 * the run, as does one that differs and is not listed. Also in `docs/otp-differences.md`.
 */
export interface Difference {
  readonly scenario: string;
  readonly step: string;
  readonly reason: string;
  /** It depends on which of two processes runs first, on the BEAM too: the line may also be equal. */
  readonly ofOrder: boolean;
}

const oneNumberType =
  'JavaScript has one number type: `1` and `1.0` are the same value, as a number and as a key.';
const bareState = '`init` returns its state bare, so that any value is a state and none is a bad return.';
const ownError = "a TypeError whose message names the server and the request, which Elixir's does not.";
const startFunction =
  'A child spec has a function where OTP has `{Module, Function, Args}`: JavaScript has no functions by name, and a closure has its arguments.';
const grammar = "Elixir's grammar: there is no such code in JavaScript.";
const privateRequest =
  'The same exit, of the same call; the request in it is a private message to the supervisor, which is made up differently.';
const startOfApplication =
  "The same reason; OTP adds the start's `{Module, Function, Args}`, which a function of JavaScript does not have.";
const oneRefusal =
  'What Elixir refuses by a guard before it asks the BEAM, and what the BEAM refuses, is one TypeError.';

const noKeyPosition =
  'A table keeps a key and a value, which are two parameters, where OTP keeps tuples: nothing says at which position the key is.';

const stopInVain =
  'The reason of the exit is why the process ended, as in every call; Elixir wraps it in the private call of `:sys` that the stop made.';

/** By scenario, by step. */
type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

const reasons: Reasons = {
  'seed/01_task_async_await': {
    'task struct fields':
      'A task has no `mfa`: a function of JavaScript has no module, name and arity to tell it by.',
  },
  'seed/16_adv_hybrid_cache_ets': {
    'keys 1 and 1.0 are different in a set': oneNumberType,
    'a map lookup pattern that pins matches 1 exactly': oneNumberType,
  },
  'seed/04_task_supervised': {
    child_spec: startFunction,
    'async on a supervisor that does not exist': privateRequest,
    'start_child on a supervisor that does not exist': privateRequest,
    "seed's own code `case … catch` does not compile": grammar,
  },
  'seed/05_task_fire_and_forget': {
    '`use Task` child_spec defaults': startFunction,
    'Task.child_spec for a supervisor child': startFunction,
  },
  'seed/08_agent_counter': {
    child_spec: startFunction,
    'start_link/0 via child_spec([]) passes [] as the initial value': startFunction,
  },
  'seed/09_agent_kv_store': {
    'keys 1 and 1.0 are different map keys': oneNumberType,
  },
  'seed/18_adv_global_agent': {
    ':global.send to a missing name':
      'There is one `send` for all forms of names, and it refuses every missing one with the same TypeError.',
  },
  'seed/22_seed_errors': {
    'case … catch (Task 3)': grammar,
    '`def` outside of a module (Task 2, Troubleshooting)': grammar,
  },
  'sup/05_start_failures': {
    'bad_init_return: start_link returns': bareState,
    'bad_init_return: EXIT to the linked trapping caller': bareState,
    'start_child whose start fails: the spec is not kept; supervisor lives':
      "The reasons are the same; Erlang adds its private record of the child, with the start's module, function and arguments.",
    'unknown strategy / no strategy':
      'A missing strategy is refused like a wrong one; Elixir looks for it before OTP does, with an error of its own.',
  },
  'sup/06_child_management': {
    'default child_spec of use GenServer / Agent / Task / Supervisor': startFunction,
    'use options override': startFunction,
    'Supervisor.child_spec overrides': startFunction,
    'Supervisor.child_spec of module, of map': startFunction,
    'Supervisor.init tuple':
      "A module's `init` gives one record, `{ children, ...flags }`, which no function makes.",
  },
  'sup/08_auto_shutdown': {
    'Elixir 1.14 Supervisor.init silently drops :auto_shutdown':
      "An oversight of Elixir 1.14's: what a supervisor's `init` gives may have `autoShutdown` here.",
  },
  'sup/11_registry_unique': {
    'keys compare by match: 1 and 1.0 are different': oneNumberType,
  },
  'sup/13_exit_signal_matrix': {
    'uncaught errors: DOWN reasons':
      'JavaScript raises nothing for a missing clause or a wrong number of arguments, and for a failed match a TypeError: ' +
      'it has no `case_clause`, `badarity` or `badmatch`.',
  },
  'sup/15_mailbox_receive': {
    'integer pattern 1 does not match 1.0': oneNumberType,
  },
  'sup/16_timers_flags_info': {
    'unknown flag raises': 'Each flag is a function, so that an unknown one is none.',
    'register errors: taken, second name for one process, dead pid, reserved, unregister unknown': oneRefusal,
  },
  'sup/17_gen_server_core': {
    'init bad: start_link result, EXIT message to the trapping parent': bareState,
    'init bad_ok: start_link result, EXIT message to the trapping parent': bareState,
    'default handlers: unknown call crashes, unknown cast crashes, unknown info is logged and ignored': `The server crashes as Elixir's does; the error is ${ownError}`,
    'undefined callback': `Handlers are fields of a record, so that a missing one and a request without one are the same: ${ownError}`,
  },
  'sup/20_application': {
    'start/2 error': startOfApplication,
    'start/2 raise': startOfApplication,
    'start/2 garbage': startOfApplication,
    'start/2 exit': startOfApplication,
    'unknown application': 'An application is a value that code has: a missing one cannot be named.',
  },
  'more/36_application_lives': {
    'the environment outlives a stop, and is gone when unloaded':
      "The defaults of a configuration are part of the application's value: they are there without a load.",
  },
  'more/48_gen_server_ends': {
    'stop of a process that is no server: killed meanwhile': stopInVain,
    'stop of a server that ends normally before it sees to the stop': stopInVain,
  },
  'sup/21_ets': {
    'ordered_set term order: number < atom < ref < fun < pid < tuple < map < list < binary':
      'An array stands for a tuple and for a list, so that the two are one key; it has the place of a list.',
    keypos: noKeyPosition,
    'info keys': noKeyPosition,
  },
  'more/22_ets_walks': {
    'fold that inserts ahead (ordered set)':
      "A fold ends, whatever its function adds; over an ordered set OTP's goes on to what is added ahead, for ever if need be.",
  },
  'more/25_ets_bags': {
    'a list into a bag: OTP 25 takes it from the end':
      'OTP leaves open in which order a list is inserted; here it is the order of the list.',
  },
};

/** Lines that depend on which of two processes runs first. */
const reasonsOfOrder: Reasons = {
  'seed/06_async_stream': {
    'back-pressure: how far the input was drawn when the first result arrives (max_concurrency 2)':
      'Two tasks take 5 ms each. If the second one ends first, its place is free before there is a result.',
  },
};

export const differences: readonly Difference[] = [...list(reasons, false), ...list(reasonsOfOrder, true)];

function list(table: Reasons, ofOrder: boolean): readonly Difference[] {
  return Object.entries(table).flatMap(([scenario, steps]) =>
    Object.entries(steps).map(([step, reason]) => ({ scenario, step, reason, ofOrder })),
  );
}
