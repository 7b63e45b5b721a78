Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# DynamicSupervisor: children that wait for their restart, limits, refusals, odd pids, ends of the supervisor.
O.trap()
alias DynamicSupervisor, as: DS
with_sup = fn opts, f -> {:ok, s} = DS.start_link(Keyword.merge([strategy: :one_for_one, max_restarts: 1_000_000], opts)); r = f.(s); if Process.alive?(s), do: DS.stop(s); O.mailbox(); O.take_log(); r end
add = fn s, spec -> {:ok, p} = DS.start_child(s, spec); p end
gate = fn -> :counters.new(1, []) end
gated = fn id, g, opts -> W.spec(id, [counter: :counters.new(1, []), init: fn 0 -> :go; _ -> if(:counters.get(g, 1) == 0, do: {:stop, :closed}, else: :go) end] ++ opts) end
shapes = fn s -> DS.which_children(s) |> Enum.map(fn {i, p, t, m} -> {i, if(is_pid(p), do: :pid, else: p), t, m} end) end
waiting = fn s -> O.wait_until(fn -> Enum.any?(DS.which_children(s), &match?({_, :restarting, _, _}, &1)) end) end
up = fn s -> O.wait_until(fn -> Enum.all?(DS.which_children(s), fn {_, p, _, _} -> is_pid(p) end) end) end
raw = fn f, opts -> Map.merge(%{id: :raw, start: {:erlang, :apply, [f, []]}}, Map.new(opts)) end
agent = fn -> %{id: :agent, start: {Agent, :start_link, [fn -> 0 end]}} end
O.step("a child that waits for its restart: which, count", with_sup.([], fn s -> g = gate.(); add.(s, gated.(:a, g, [])); W.crash(:a, :boom); waiting.(s); {shapes.(s), DS.count_children(s)} end))
O.step("…it counts for max_children", with_sup.([max_children: 1], fn s -> g = gate.(); add.(s, gated.(:a, g, [])); W.crash(:a, :boom); waiting.(s); DS.start_child(s, agent.()) end))
O.step("…terminate_child by its last pid stops the tries", with_sup.([], fn s -> g = gate.(); p = add.(s, gated.(:a, g, [])); W.crash(:a, :boom); waiting.(s); r = DS.terminate_child(s, p); :counters.put(g, 1, 1); Process.sleep(20); {r, shapes.(s), Process.whereis(:a)} end))
O.step("…when it runs again, its last pid is unknown", with_sup.([], fn s -> g = gate.(); p = add.(s, gated.(:a, g, [])); W.crash(:a, :boom); waiting.(s); :counters.put(g, 1, 1); up.(s); {DS.terminate_child(s, p), DS.terminate_child(s, Process.whereis(:a)), shapes.(s)} end))
O.step("…the supervisor is stopped meanwhile", with_sup.([], fn s -> g = gate.(); add.(s, gated.(:a, g, [])); add.(s, W.spec(:b, trap: true)); W.crash(:a, :boom); waiting.(s); O.take_log(); r = DS.stop(s); {r, O.take_log() |> Enum.reject(&match?([:init_not_ok, _], &1))} end))
O.step("…a transient child whose restart fails is tried again like any", with_sup.([], fn s -> g = gate.(); add.(s, gated.(:a, g, restart: :transient)); W.crash(:a, :boom); waiting.(s); :counters.put(g, 1, 1); up.(s); shapes.(s) end))
O.step("max_children 0", with_sup.([max_children: 0], fn s -> DS.start_child(s, agent.()) end))
O.step("a child that ends makes room, one that is restarted does not", with_sup.([max_children: 1], fn s ->
  add.(s, W.spec(:t, restart: :temporary)); W.crash_sync(s, :t, :boom); add.(s, W.spec(:p)); W.crash_sync(s, :p, :boom); DS.start_child(s, agent.()) end))
O.step("a failed and an ignored start take no room", with_sup.([max_children: 1], fn s -> {DS.start_child(s, W.spec(:x, init: fn _ -> {:stop, :no} end)), DS.start_child(s, W.spec(:x, init: fn _ -> :ignore end)), DS.start_child(s, agent.()) |> elem(0)} end))
O.step("{:ok, pid, info}", with_sup.([], fn s -> {:ok, p, i} = DS.start_child(s, raw.(fn -> {:ok, p} = Agent.start_link(fn -> 0 end); {:ok, p, :extra} end, [])); {is_pid(p), i, DS.count_children(s).active} end))
O.step("what starts can go wrong with", for({l, f} <- [error: fn -> {:error, :e} end, garbage: fn -> :garbage end, exit: fn -> exit(:x) end, throw: fn -> throw(:t) end, ok: fn -> :ok end], do: with_sup.([], fn s -> {l, DS.start_child(s, raw.(f, [])), DS.count_children(s).specs} end)))
O.step("a name that is taken", with_sup.([], fn s -> O.name(add.(s, W.spec(:a)), "a"); {DS.start_child(s, W.spec(:a)), DS.count_children(s).active} end))
O.step("specs that cannot be", with_sup.([], fn s -> for(spec <- [%{id: :a}, %{id: :a, start: :bad}, %{id: :a, start: {W, :start_link, [[]]}, restart: :sometimes}, %{id: :a, start: {W, :start_link, [[]]}, shutdown: -1}, %{id: :a, start: {W, :start_link, [[]]}, modules: :m}], do: DS.start_child(s, spec)) end))
O.step("an end of a child that has unlinked itself is not seen", with_sup.([], fn s -> p = add.(s, raw.(fn -> me = self(); Agent.start_link(fn -> Process.unlink(me); 0 end) end, [])); Process.exit(p, :kill); O.down(p); {shapes.(s) |> length(), DS.count_children(s).active, DS.terminate_child(s, p), DS.count_children(s).specs} end))
O.step("a start that gives a dead pid", with_sup.([], fn s -> p = add.(s, raw.(fn -> p = spawn(fn -> :ok end); O.down(p); {:ok, p} end, [])); {DS.count_children(s), DS.terminate_child(s, p), DS.count_children(s).specs} end))
O.step("terminate_child of a child that has just died", with_sup.([], fn s -> p = add.(s, W.spec(:a)); :sys.suspend(s); Process.exit(p, :kill); O.down(p); t = Task.async(fn -> DS.terminate_child(s, p) end); Process.sleep(20); :sys.resume(s); {Task.await(t), DS.count_children(s)} end))
O.step("Supervisor's questions to a dynamic one", with_sup.([], fn s -> add.(s, agent.()); {Supervisor.count_children(s), Supervisor.which_children(s) |> length()} end))
O.step("intensity: too many, then all others end with shutdown", with_sup.([max_restarts: 1, max_seconds: 60], fn s ->
  m = Process.monitor(s); for(id <- [:a, :b], do: add.(s, W.spec(id, trap: true))); add.(s, W.spec(:c)); W.crash_sync(s, :c, :boom); O.take_log(); W.crash(:c, :boom); {O.await_down(m), O.take_log() |> Enum.reject(&match?([:terminate, :c, _], &1)) |> Enum.sort()} end))
O.step("max_restarts 0 and a normal end of a permanent child", with_sup.([max_restarts: 0], fn s -> m = Process.monitor(s); add.(s, W.spec(:a)); W.crash(:a, :normal); O.await_down(m) end))
O.step("the supervisor is killed: its children end", with_sup.([], fn s -> add.(s, W.spec(:a, trap: true)); p = add.(s, agent.()); m = Process.monitor(p); O.take_log(); q = Process.whereis(:a); n = Process.monitor(q); Process.exit(s, :kill); {O.await_down(m), O.await_down(n), O.take_log()} end))
O.step("mixed shutdown times: all at once", with_sup.([], fn s ->
  add.(s, W.spec(:bk, trap: true, shutdown: :brutal_kill)); add.(s, W.spec(:slow, trap: true, hang: 1000, shutdown: 30)); add.(s, W.spec(:inf, trap: true, hang: 60, shutdown: :infinity)); add.(s, W.spec(:plain))
  ms = for(id <- [:bk, :slow, :inf, :plain], do: {id, Process.monitor(Process.whereis(id))}); O.take_log(); t0 = System.monotonic_time(:millisecond); DS.stop(s); dt = System.monotonic_time(:millisecond) - t0
  {for({id, m} <- ms, do: {id, O.await_down(m)}), dt >= 60 and dt < 200, O.take_log() |> Enum.sort()} end))
O.step("stop with a reason: the children get shutdown all the same", with_sup.([], fn s -> add.(s, W.spec(:a, trap: true)); m = Process.monitor(s); O.take_log(); r = O.catching(fn -> DS.stop(s, {:shutdown, :bye}) end); {r, O.await_down(m), O.take_log()} end))
O.step("extra_arguments come first", (defmodule X do def start_link(a, b, c), do: (O.log([a, b, c]); Agent.start_link(fn -> 0 end)) end; with_sup.([extra_arguments: [1, 2]], fn s -> r = DS.start_child(s, %{id: :x, start: {X, :start_link, [3]}}) |> elem(0); l = O.take_log(); [{_, p, _, _}] = DS.which_children(s); m = Process.monitor(p); Process.exit(p, :kill); O.await_down(m); DS.count_children(s); {r, l, O.take_log()} end)))
O.step("which_children: first started first, a restarted one last", with_sup.([], fn s ->
  ids = fn -> for({_, p, _, _} <- DS.which_children(s), do: Process.info(p, :registered_name) |> elem(1)) end
  for(id <- [:a, :b, :c, :d], do: add.(s, W.spec(id))); l = ids.(); W.crash_sync(s, :b, :boom); {l, ids.()} end))
