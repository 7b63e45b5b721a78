/** `docs/from-elixir.md` says for every function of Elixir's modules what it is here, or that it has no counterpart, and what it names here exists. */
import { readFileSync } from 'node:fs';
import * as core from '@coppice/core';
import * as statem from '@coppice/gen-statem';
import * as registry from '@coppice/registry';
import * as testing from '@coppice/testing';
import * as coppice from 'coppice';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('../from-elixir.md', import.meta.url), 'utf8');
const Limiter = coppice.GenServer.define('Limiter', { init: () => 0 });
const opened: object = { ...coppice, Limiter };
const packages = new Map<string, object>([
  ['core', core],
  ['gen-statem', statem],
  ['registry', registry],
  ['testing', testing],
]);

/** The public functions of Elixir 1.14, without callbacks and what is deprecated. */
const ELIXIR = {
  Process:
    'alive? cancel_timer delete demonitor exit flag get get_keys group_leader hibernate info link list monitor put read_timer register registered send send_after sleep spawn unlink unregister whereis',
  GenServer: 'abcast call cast multi_call reply start start_link stop whereis',
  Agent: 'cast child_spec get get_and_update start start_link stop update',
  Task: 'async async_stream await await_many child_spec completed ignore shutdown start start_link yield yield_many',
  'Task.Supervisor':
    'async async_nolink async_stream async_stream_nolink child_spec children start_child start_link terminate_child',
  Supervisor:
    'child_spec count_children delete_child init restart_child start_child start_link stop terminate_child which_children',
  DynamicSupervisor:
    'child_spec count_children init start_child start_link stop terminate_child which_children',
  PartitionSupervisor: 'child_spec count_children partitions start_link stop which_children',
  Registry:
    'child_spec count count_match count_select delete_meta dispatch keys lookup match meta put_meta register select start_link unregister unregister_match update_value values',
  Application:
    'app_dir compile_env delete_env ensure_all_started ensure_loaded ensure_started fetch_env fetch_env! format_error get_all_env get_application get_env load loaded_applications put_all_env put_env spec start started_applications stop unload',
};

describe('docs/from-elixir.md', () => {
  it.each(Object.entries(ELIXIR))('names each function of %s', (module, functions) => {
    const isNamed = (name: string): boolean =>
      new RegExp(`\`${module}\\.${name.replace('?', '\\?')}[^\\w?]`).test(page);
    expect(functions.split(' ').filter((name) => !isNamed(name))).toEqual([]);
  });

  it.each(rows())('names what there is: %s', (_elixir, here) => {
    const named = [...here.matchAll(/`(?:await )?([A-Za-z]\w*(?:\.\w+)?)(?:\([^`]*\))?`/g)].map(
      ([, name = '']) => name,
    );
    const of = /of `@coppice\/([\w-]+)`/.exec(here)?.[1] ?? '';
    const scope = { ...packages.get(of), ...opened };
    expect(named.filter((name) => !isIn(scope, name.split('.')))).toEqual([]);
  });
});

/** Those of the tables: what it is in Elixir, and here. */
function rows(): readonly (readonly [string, string])[] {
  return [...page.matchAll(/^\| (`.*) \| (.*) \|$/gm)].map(([, elixir = '', here = '']) => [elixir, here]);
}

function isIn(scope: object, [first = '', ...rest]: readonly string[]): boolean {
  if (!(first in scope)) return false;
  const found: unknown = Reflect.get(scope, first);
  return rest.length === 0 || (typeof found === 'object' && found !== null && isIn(found, rest));
}
