Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# Operations on children in odd states: waiting for their restart, dead, unlinked, ignored.
O.trap()
sup = fn specs, opts -> {:ok, s} = Supervisor.start_link(specs, Keyword.merge([strategy: :one_for_one, max_restarts: 1_000_000, max_seconds: 5], opts)); s end
drop = fn s -> if(Process.alive?(s), do: Supervisor.stop(s)); O.mailbox(); O.take_log() end
# A worker whose restarts fail until the gate is open. Start 0 is fine.
gate = fn -> :counters.new(1, []) end
gated = fn id, g, opts -> W.spec(id, [counter: :counters.new(1, []), init: fn 0 -> :go; _ -> if(:counters.get(g, 1) == 0, do: {:stop, :closed}, else: :go) end] ++ opts) end
waiting = fn s, id -> O.wait_until(fn -> Enum.any?(Supervisor.which_children(s), &match?({^id, :restarting, _, _}, &1)) end) end
up = fn s, id -> O.wait_until(fn -> Enum.any?(Supervisor.which_children(s), fn {i, p, _, _} -> i == id and is_pid(p) end) end) end
slim = fn {:error, {:already_started, {:restarting, p}}} when is_pid(p) -> {:error, {:already_started, {:restarting, :pid}}}; r -> r end
O.step("a child that waits for its restart: which, count, childspec", (
  g = gate.(); s = sup.([W.spec(:a), gated.(:b, g, [])], []); W.crash(:b, :boom); waiting.(s, :b)
  r = {S.ids(s), Supervisor.count_children(s), :supervisor.get_childspec(s, :b) |> elem(1) |> Map.drop([:start])}; drop.(s); r))
O.step("…restart_child, delete_child, start_child of its id", (
  g = gate.(); s = sup.([gated.(:b, g, [])], []); W.crash(:b, :boom); waiting.(s, :b)
  r = {Supervisor.restart_child(s, :b), Supervisor.delete_child(s, :b), slim.(Supervisor.start_child(s, W.spec(:b)))}; drop.(s); r))
O.step("…terminate_child stops the tries; then delete, or restart", (
  g = gate.(); s = sup.([gated.(:b, g, [])], []); W.crash(:b, :boom); waiting.(s, :b)
  r1 = {Supervisor.terminate_child(s, :b), S.ids(s)}; :counters.put(g, 1, 1); Process.sleep(20); i = S.ids(s)
  {:ok, p} = Supervisor.restart_child(s, :b); r2 = {is_pid(p), S.ids(s)}; drop.(s); {r1, i, r2}))
O.step("…the gate opens: it runs again, nobody asked", (
  g = gate.(); s = sup.([gated.(:b, g, [])], []); W.crash(:b, :boom); waiting.(s, :b); :counters.put(g, 1, 1)
  r = up.(s, :b); r = {r, S.ids(s), Supervisor.restart_child(s, :b)}; drop.(s); r))
O.step("…the supervisor is stopped meanwhile: the others end, in reverse", (
  g = gate.(); s = sup.([W.spec(:a, trap: true), gated.(:b, g, []), W.spec(:c, trap: true)], []); W.crash(:b, :boom); waiting.(s, :b); O.take_log()
  r = Supervisor.stop(s); l = O.take_log() |> Enum.reject(&match?([:init_not_ok, _], &1)); O.mailbox(); {r, l}))
O.step("…a sibling crashes meanwhile (one_for_one): restarted by itself", (
  g = gate.(); s = sup.([W.spec(:a), gated.(:b, g, [])], []); W.crash(:b, :boom); waiting.(s, :b); p = Process.whereis(:a); W.crash_sync(s, :a, :boom)
  r = {Process.whereis(:a) != p, S.ids(s)}; drop.(s); r))
O.step("…a sibling started later is terminated and restarted meanwhile", (
  g = gate.(); s = sup.([gated.(:b, g, []), W.spec(:c)], []); W.crash(:b, :boom); waiting.(s, :b)
  r = {Supervisor.terminate_child(s, :c), S.ids(s), Supervisor.restart_child(s, :c) |> elem(0), S.ids(s)}; drop.(s); r))
for strategy <- [:one_for_all, :rest_for_one] do
  O.step("#{strategy}: the group while one of it waits", (
    g = gate.(); s = sup.([W.spec(:a), gated.(:b, g, []), W.spec(:c), W.spec(:t, restart: :temporary)], strategy: strategy); W.crash(:b, :boom); waiting.(s, :b)
    i = S.ids(s); :counters.put(g, 1, 1); up.(s, :c); j = S.ids(s); drop.(s); {i, j}))
  O.step("#{strategy}: terminate_child of the one that waits: the others stay down", (
    g = gate.(); s = sup.([W.spec(:a), gated.(:b, g, []), W.spec(:c)], strategy: strategy); W.crash(:b, :boom); waiting.(s, :b)
    r = Supervisor.terminate_child(s, :b); :counters.put(g, 1, 1); Process.sleep(20); i = S.ids(s); drop.(s); {r, i}))
  O.step("#{strategy}: a new child while one waits, and then the group restarts with it", (
    g = gate.(); s = sup.([W.spec(:a), gated.(:b, g, [])], strategy: strategy); W.crash(:b, :boom); waiting.(s, :b)
    {:ok, p} = Supervisor.start_child(s, W.spec(:n)); :counters.put(g, 1, 1); up.(s, :b)
    r = {S.ids(s), Process.whereis(:n) != p}; drop.(s); r))
  O.step("#{strategy}: one that was terminated comes back with its group, one that was deleted does not", (
    s = sup.([W.spec(:a), W.spec(:b), W.spec(:c), W.spec(:d)], strategy: strategy)
    Supervisor.terminate_child(s, :c); Supervisor.terminate_child(s, :d); Supervisor.delete_child(s, :d); W.crash_sync(s, :b, :boom); i = S.ids(s); drop.(s); i))
  O.step("#{strategy}: a transient one that had ended comes back with its group", (
    s = sup.([W.spec(:a), W.spec(:b, restart: :transient), W.spec(:c)], strategy: strategy)
    W.crash_sync(s, :b, :normal); i = S.ids(s); W.crash_sync(s, :a, :boom); j = S.ids(s); drop.(s); {i, j}))
end
raw = fn id, f, opts -> Map.merge(%{id: id, start: {:erlang, :apply, [f, []]}}, Map.new(opts)) end
O.step("a start that gives a dead pid", (
  s = sup.([raw.(:dead, fn -> p = spawn(fn -> :ok end); O.down(p); {:ok, p} end, [])], [])
  r = {S.ids(s), Supervisor.count_children(s), Supervisor.restart_child(s, :dead), Supervisor.terminate_child(s, :dead), S.ids(s)}; drop.(s); r))
O.step("a start that gives a pid that is not linked: its end is not seen, it can be terminated", (
  s = sup.([raw.(:loose, fn -> {:ok, spawn(fn -> Process.sleep(:infinity) end)} end, [])], [])
  [{_, p, _, _}] = Supervisor.which_children(s); Process.exit(p, :kill); O.down(p); i = S.ids(s); c = Supervisor.count_children(s)
  Supervisor.terminate_child(s, :loose); {:ok, q} = Supervisor.restart_child(s, :loose); r = Supervisor.terminate_child(s, :loose); {i, c, r, Process.alive?(q)} |> tap(fn _ -> drop.(s) end)))
O.step("a child that has unlinked itself: its end is not seen, which_children still has it", (
  {:ok, s} = Supervisor.start_link([raw.(:u, fn -> me = self(); Agent.start_link(fn -> Process.unlink(me); 0 end) end, [])], strategy: :one_for_one)
  [{_, p, _, _}] = Supervisor.which_children(s); Process.exit(p, :kill); O.down(p)
  r = {S.ids(s), Supervisor.count_children(s).active, Supervisor.restart_child(s, :u), Supervisor.terminate_child(s, :u), S.ids(s)}; drop.(s); r))
O.step("a child that has unlinked itself and is terminated: shutdown still reaches it", (
  {:ok, s} = Supervisor.start_link([raw.(:u, fn -> me = self(); Agent.start_link(fn -> Process.unlink(me); 0 end) end, [])], strategy: :one_for_one)
  [{_, p, _, _}] = Supervisor.which_children(s); m = Process.monitor(p); r = Supervisor.terminate_child(s, :u); {r, O.await_down(m), S.ids(s)} |> tap(fn _ -> drop.(s) end)))
O.step("terminate_child of a child that has just died: no restart", (
  s = sup.([W.spec(:a)], []); p = Process.whereis(:a); :sys.suspend(s); Process.exit(p, :kill); O.down(p)
  t = Task.async(fn -> Supervisor.terminate_child(s, :a) end); Process.sleep(20); :sys.resume(s); r = Task.await(t); {r, S.ids(s)} |> tap(fn _ -> drop.(s) end)))
O.step("an ignored child: terminate, delete, start again under its id", (
  s = sup.([W.spec(:i, init: fn _ -> :ignore end)], [])
  r = {S.ids(s), Supervisor.start_child(s, W.spec(:i)), Supervisor.terminate_child(s, :i), Supervisor.delete_child(s, :i), Supervisor.start_child(s, W.spec(:i)) |> elem(0), S.ids(s)}; drop.(s); r))
O.step("an ignored child comes up with its group", (
  c = :counters.new(1, []); s = sup.([W.spec(:a), W.spec(:i, counter: c, init: fn 0 -> :ignore; _ -> :go end)], strategy: :one_for_all)
  i = S.ids(s); W.crash_sync(s, :a, :boom); j = S.ids(s); drop.(s); {i, j}))
O.step("operations on a temporary child that has ended", (
  s = sup.([W.spec(:t, restart: :temporary)], []); W.crash_sync(s, :t, :normal)
  r = {S.ids(s), Supervisor.terminate_child(s, :t), Supervisor.restart_child(s, :t), Supervisor.delete_child(s, :t), Supervisor.start_child(s, W.spec(:t)) |> elem(0)}; drop.(s); r))
