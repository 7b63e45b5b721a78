Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# DynamicSupervisor: start, restart, limits, shutdown.
O.trap()
alias DynamicSupervisor, as: DS
# Runs f with a fresh supervisor, which is stopped afterwards.
with_sup = fn opts, f -> {:ok, s} = DS.start_link([strategy: :one_for_one] ++ opts); r = f.(s); if Process.alive?(s), do: DS.stop(s); O.mailbox(); O.take_log(); r end
agent = fn -> %{id: :ignored, start: {Agent, :start_link, [fn -> 0 end]}} end
add = fn s, spec -> {:ok, p} = DS.start_child(s, spec); p end
O.step("start_child, which_children, count_children", with_sup.([], fn s -> p = add.(s, W.spec(:a)); [{id, q, t, m}] = DS.which_children(s); {is_pid(p), id, p == q, t, m, DS.count_children(s)} end))
O.step("ids need not differ", with_sup.([], fn s -> a = add.(s, agent.()); b = add.(s, agent.()); {a != b, DS.count_children(s).active} end))
O.step("terminate_child by pid", with_sup.([], fn s -> p = add.(s, W.spec(:a, trap: true)); O.take_log(); r = DS.terminate_child(s, p); {r, O.take_log(), DS.count_children(s)} end))
O.step("terminate_child of a stranger", with_sup.([], fn s -> DS.terminate_child(s, self()) end))
O.step("a permanent child is restarted under the same spec", with_sup.([], fn s -> p = add.(s, W.spec(:a)); O.take_log(); W.crash_sync(s, :a, :boom); q = Process.whereis(:a); {p != q, O.take_log(), DS.count_children(s)} end))
O.step("restart types", for(restart <- [:permanent, :transient, :temporary], how <- [:normal, :shutdown, :crash], do: with_sup.([], fn s -> add.(s, W.spec(:a, restart: restart)); W.crash_sync(s, :a, how); c = DS.count_children(s); {restart, how, c.active, c.specs} end)))
O.step("ignore: not kept", with_sup.([], fn s -> {DS.start_child(s, W.spec(:a, init: fn _ -> :ignore end)), DS.count_children(s)} end))
O.step("a start that fails: error, not kept", with_sup.([], fn s -> {DS.start_child(s, W.spec(:a, init: fn _ -> {:stop, :nope} end)), DS.count_children(s)} end))
O.step("a start that raises", with_sup.([], fn s -> {:error, {e, _}} = DS.start_child(s, %{id: :x, start: {:erlang, :apply, [fn -> raise "in start" end, []]}}); {e, DS.count_children(s)} end))
O.step("max_children", with_sup.([max_children: 1], fn s -> p = add.(s, agent.()); r = DS.start_child(s, agent.()); DS.terminate_child(s, p); {r, DS.start_child(s, agent.()) |> elem(0)} end))
O.step("a restart that fails is tried again, and counts", with_sup.([max_restarts: 2, max_seconds: 60], fn s ->
  c = :counters.new(1, []); m = Process.monitor(s); add.(s, W.spec(:a, counter: c, init: fn 0 -> :go; _ -> {:stop, :never} end)); W.crash(:a, :boom); {O.await_down(m), :counters.get(c, 1)} end))
O.step("a restart that fails twice and then goes well", with_sup.([max_restarts: 5, max_seconds: 60], fn s ->
  c = :counters.new(1, []); add.(s, W.spec(:a, counter: c, init: fn n when n in [1, 2] -> {:stop, :not_yet}; _ -> :go end)); W.crash(:a, :boom)
  O.wait_until(fn -> DS.which_children(s) |> Enum.all?(fn {_, p, _, _} -> is_pid(p) end) end); {DS.count_children(s), :counters.get(c, 1)} end))
O.step("a restart that is ignored: gone", with_sup.([], fn s -> c = :counters.new(1, []); add.(s, W.spec(:a, counter: c, init: fn 0 -> :go; _ -> :ignore end)); W.crash_sync(s, :a, :boom); DS.count_children(s) end))
O.step("intensity: children count together", with_sup.([max_restarts: 1], fn s -> m = Process.monitor(s); add.(s, W.spec(:a)); add.(s, W.spec(:b)); W.crash_sync(s, :a, :boom); W.crash(:b, :boom); O.await_down(m) end))
O.step("stop: children get shutdown", with_sup.([], fn s -> add.(s, W.spec(:a, trap: true)); add.(s, W.spec(:b, trap: true)); O.take_log(); r = DS.stop(s); {r, O.take_log() |> Enum.sort()} end))
O.step("shutdown is concurrent: three slow children take the time of one", with_sup.([], fn s -> for(id <- [:c1, :c2, :c3], do: add.(s, W.spec(id, trap: true, hang: 100))); t0 = System.monotonic_time(:millisecond); DS.stop(s); dt = System.monotonic_time(:millisecond) - t0; dt >= 100 and dt < 250 end))
O.step("a child that does not end in its time is killed", with_sup.([], fn s -> p = add.(s, W.spec(:a, trap: true, hang: 1000, shutdown: 20)); m = Process.monitor(p); r = DS.terminate_child(s, p); {r, O.await_down(m)} end))
O.step("brutal_kill", with_sup.([], fn s -> p = add.(s, W.spec(:a, trap: true, shutdown: :brutal_kill)); m = Process.monitor(p); O.take_log(); r = DS.terminate_child(s, p); {r, O.await_down(m), O.take_log()} end))
O.step("the supervisor ends with its parent", (me = self(); spawn(fn -> {:ok, s} = DS.start_link(strategy: :one_for_one); DS.start_child(s, W.spec(:a, trap: true)); send(me, {:s, s}); receive do :go -> exit(:parent_gone) end end) |> then(fn p -> s = receive do {:s, s} -> s end; m = Process.monitor(s); O.take_log(); send(p, :go); r = O.await_down(m); {r, O.take_log()} end)))
O.step("an EXIT of a stranger is ignored", with_sup.([], fn s -> spawn(fn -> Process.exit(s, :shutdown) end); Process.sleep(20); Process.alive?(s) end))
O.step("a linked process that crashes is no child: ignored", with_sup.([], fn s -> spawn(fn -> Process.link(s); exit(:boom) end); Process.sleep(20); Process.alive?(s) end))
O.step("name, and name taken", with_sup.([name: :dyn], fn s -> O.name(s, "dyn"); {Process.whereis(:dyn) == s, DS.start_child(:dyn, agent.()) |> elem(0), DS.start_link(strategy: :one_for_one, name: :dyn)} end))
O.step("calls to a missing supervisor", (case O.catching(fn -> DS.count_children(:no_dyn) end) do {k, {r, {m, f, [n | _]}}} -> {k, {r, {m, f, n}}} end))
O.step("a name of a child is free at once for its restart", with_sup.([], fn s -> add.(s, W.spec(:a)); r = for(_ <- 1..3, do: (W.kill_sync(s, :a); is_pid(Process.whereis(:a)))); {r, DS.count_children(s).active} end))
