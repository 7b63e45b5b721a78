Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# Applications: start phases, failing callbacks, failing dependencies, configuration of what is not loaded, ends of trees.
O.trap()
defmodule Life do
  use Application
  def start(type, name), do: (O.log([:start, name, type]); Supervisor.start_link([W.spec(:"#{name}_w", trap: true)], strategy: :one_for_one, name: :"#{name}_sup"))
  def start_phase(phase, type, arg), do: (O.log([:phase, phase, type, arg]); if(arg == :fail, do: {:error, :phase_failed}, else: :ok))
  def prep_stop(s), do: (O.log([:prep_stop]); s)
  def stop(_), do: O.log([:stop])
end
defmodule Odd do
  use Application
  def start(_, how), do: (with {:ok, p} <- Agent.start_link(fn -> 0 end), do: {:ok, p, how})
  def prep_stop(:prep_raises), do: raise "prep"
  def prep_stop(s), do: (O.log([:prep_stop, s]); {:prepared, s})
  def stop({:prepared, :stop_raises}), do: raise "stop"
  def stop(s), do: O.log([:stop, s])
end
defmodule Bad do
  use Application
  def start(_, :error), do: {:error, :nope}
end
load = fn name, mod, args, opts -> :application.load({:application, name, [description: ~c"d", vsn: ~c"1", modules: [], registered: [], applications: [:kernel, :stdlib] ++ (opts[:deps] || []), mod: {mod, args}, env: opts[:env] || []] ++ (if opts[:phases], do: [start_phases: opts[:phases]], else: [])}) end
gone = fn name -> O.wait_until(fn -> not Enum.any?(Application.started_applications(), &match?({^name, _, _}, &1)) end) end
running = fn -> Application.started_applications() |> Enum.map(&elem(&1, 0)) |> Enum.filter(&(&1 in [:l1, :l2, :l3, :ph, :odd1, :odd2, :odd3, :top, :mid, :low])) end
O.step("start phases run in order, after start", (load.(:ph, Life, :ph, phases: [one: 1, two: 2]); r = Application.start(:ph); l = O.take_log(); Application.stop(:ph); O.take_log(); {r, l}))
O.step("stop: prep_stop, the tree, stop", (load.(:l1, Life, :l1, []); Application.start(:l1); O.take_log(); r = Application.stop(:l1); {r, O.take_log(), running.()}))
O.step("it can be started again", (r = Application.start(:l1); l = O.take_log(); Application.stop(:l1); O.take_log(); {r, l}))
for how <- [:prep_raises, :stop_raises, :fine] do
  n = :"odd_#{how}"
  O.step("callbacks: #{how}", (load.(n, Odd, how, []); Application.start(n); r = Application.stop(n); {r, O.take_log(), gone.(n)}))
end
O.step("ensure_all_started: a chain", (load.(:low, Life, :low, []); load.(:mid, Life, :mid, deps: [:low]); load.(:top, Life, :top, deps: [:mid]); r = Application.ensure_all_started(:top); {r, O.take_log() |> Enum.map(&Enum.take(&1, 2)), running.()}))
O.step("…stop in any order: each by itself", (r = for(n <- [:low, :top, :mid], do: {Application.stop(n), running.()}); O.take_log(); r))
O.step("ensure_all_started: a dependency fails", (load.(:b_low, Life, :b_low, []); load.(:b_bad, Bad, :error, deps: [:b_low]); load.(:b_top, Life, :b_top, deps: [:b_bad]); {:error, {app, {r, _}}} = Application.ensure_all_started(:b_top); {app, r, O.take_log() |> Enum.map(&hd/1), Enum.any?(Application.started_applications(), &match?({:b_low, _, _}, &1))}))
O.take_log()
O.step("the environment of what is not loaded", {Application.get_env(:not_loaded, :k), Application.get_env(:not_loaded, :k, 1), Application.put_env(:not_loaded, :k, 2), Application.get_env(:not_loaded, :k), Application.fetch_env(:not_loaded, :k), Application.get_all_env(:not_loaded)})
O.step("the environment outlives a stop, and is gone when unloaded", (load.(:l2, Life, :l2, env: [a: 1]); Application.start(:l2); Application.put_env(:l2, :a, 5); Application.stop(:l2); a = Application.get_env(:l2, :a); u = Application.unload(:l2); b = Application.get_env(:l2, :a); O.take_log(); {a, u, b}))
O.step("unload: of what runs, of what is not loaded; load twice", (load.(:l3, Life, :l3, []); Application.start(:l3); r = {Application.unload(:l3), Application.unload(:nobody) , (load.(:l3, Life, :l3, []) |> elem(0))}; Application.stop(:l3); r2 = Application.unload(:l3); O.take_log(); {r, r2}))
for {how, end_it} <- [shutdown: fn p -> Supervisor.stop(p, :shutdown) end, crash: fn p -> Supervisor.stop(p, :boom) end, kill: fn p -> Process.exit(p, :kill) end] do
  O.step("a temporary application whose tree ends with #{how}: prep_stop and stop are called", (Application.start(:l1); O.take_log(); p = Process.whereis(:l1_sup); m = Process.monitor(p); O.catching(fn -> end_it.(p) end); O.await_down(m); {gone.(:l1), O.take_log()}))
end
O.step("a tree that gives up", (Application.start(:l1); for(_ <- 1..3, do: W.crash_sync(:l1_sup, :l1_w, :boom)); O.take_log(); m = Process.monitor(Process.whereis(:l1_sup)); W.crash(:l1_w, :boom); {O.await_down(m), gone.(:l1), O.take_log()}))
O.step("a process outside of the tree ends with its application", (Application.start(:l1); w = Process.whereis(:l1_w); me = self(); :rpc.call(node(), Kernel, :self, []); {:group_leader, gl} = Process.info(w, :group_leader); p = spawn(fn -> Process.group_leader(self(), gl); send(me, :set); Process.sleep(:infinity) end); receive do :set -> :ok end; m = Process.monitor(p); Application.stop(:l1); O.take_log(); O.await_down(m)))
O.step("start of what runs, stop of what does not", (Application.start(:l1); a = Application.start(:l1); Application.stop(:l1); O.take_log(); {a, Application.stop(:l1), Application.ensure_started(:l1), Application.ensure_started(:l1), Application.stop(:l1)} |> tap(fn _ -> O.take_log() end)))
