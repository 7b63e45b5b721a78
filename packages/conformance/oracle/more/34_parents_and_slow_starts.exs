Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# Ends that come from above and from the side; what arrives while a slow child starts or stops.
O.trap()
me = self()
sup = fn specs, opts -> {:ok, s} = Supervisor.start_link(specs, Keyword.merge([strategy: :one_for_one], opts)); s end
drop = fn s -> if(Process.alive?(s), do: Supervisor.stop(s)); O.mailbox(); O.take_log() end
slow = fn id, ms, opts -> W.spec(id, [init: fn _ -> Process.sleep(ms); :go end] ++ opts) end
for how <- [:normal, :shutdown, {:shutdown, :x}, :boom, :kill] do
  O.step("the parent ends with #{inspect(how)}", (
    p = spawn(fn -> sup.([W.spec(:a, trap: true), W.spec(:b), W.spec(:c, trap: true)], []) |> then(&send(me, {:s, &1})); receive do :go -> exit(how) end end)
    s = receive do {:s, s} -> s end; m = Process.monitor(s); O.take_log(); if(how == :kill, do: Process.exit(p, :kill), else: send(p, :go)); {O.await_down(m), O.take_log()}))
end
for reason <- [:normal, :shutdown, :boom] do
  O.step("an exit signal #{inspect(reason)} of its parent, which lives on", (
    p = spawn(fn -> s = sup.([W.spec(:a, trap: true)], []); send(me, {:s, s}); receive do :go -> Process.exit(s, reason) end; Process.sleep(:infinity) end)
    Process.sleep(0); s = receive do {:s, s} -> s end; m = Process.monitor(s); O.take_log(); send(p, :go); r = O.await_down(m, 200); l = O.take_log(); Process.exit(p, :kill); O.down(s); O.take_log(); {r, l}))
end
O.step("an exit signal of a stranger is ignored, but for kill", (s = sup.([W.spec(:a, trap: true)], []); for(r <- [:normal, :shutdown, :boom], do: spawn(fn -> Process.exit(s, r) end)); Process.sleep(20); a = Process.alive?(s); O.take_log(); spawn(fn -> Process.exit(s, :kill) end); d = O.down(s); n = O.down(Process.whereis(:a) || s); {a, d, n == {:down, :killed} or n == {:down, :noproc}, O.take_log()} |> tap(fn _ -> O.mailbox() end)))
O.step("a child crashes while a later sibling starts slowly: restarted after the start", (
  O.take_log(); spawn(fn -> Process.sleep(20); W.crash(:a, :boom) end)
  s = sup.([W.spec(:a), slow.(:b, 60, []), W.spec(:c)], []); Supervisor.count_children(s); l = O.take_log(); r = {l, S.ids(s)}; drop.(s); r))
O.step("…under one_for_all", (
  O.take_log(); spawn(fn -> Process.sleep(20); W.crash(:a, :boom) end)
  s = sup.([W.spec(:a), slow.(:b, 60, []), W.spec(:c)], strategy: :one_for_all); Supervisor.count_children(s); l = O.take_log(); r = {l, S.ids(s)}; drop.(s); r))
O.step("…and then that start fails: the dead one is not restarted", (
  O.take_log(); spawn(fn -> Process.sleep(20); W.crash(:a, :boom) end)
  r = Supervisor.start_link([W.spec(:a), W.spec(:x, trap: true), W.spec(:b, init: fn _ -> Process.sleep(60); {:stop, :nope} end)], strategy: :one_for_one); O.mailbox(); {r, O.take_log()}))
O.step("a start_child that is slow: calls and crashes wait for it, in order", (
  s = sup.([W.spec(:a)], []); O.take_log(); t = Task.async(fn -> Supervisor.start_child(s, slow.(:b, 60, [])) |> elem(0) end); Process.sleep(20); W.crash(:a, :boom); up = is_pid(Process.whereis(:a)); c = Supervisor.count_children(s)
  r = {up, c, Task.await(t), O.take_log(), S.ids(s)}; drop.(s); r))
O.step("two crashes while a start_child is slow: restarted in the order of their ends", (
  s = sup.([W.spec(:a), W.spec(:b)], []); O.take_log(); t = Task.async(fn -> Supervisor.start_child(s, slow.(:c, 60, [])) |> elem(0) end); Process.sleep(20); W.crash(:b, :boom); W.crash(:a, :boom); Task.await(t); Supervisor.count_children(s)
  r = O.take_log(); drop.(s); r))
O.step("a restart that is slow: a sibling that crashes meanwhile is next", (
  c = :counters.new(1, []); s = sup.([W.spec(:a), W.spec(:b, counter: c, init: fn 0 -> :go; _ -> Process.sleep(60); :go end)], []); O.take_log(); W.crash(:b, :boom); Process.sleep(20); W.crash(:a, :boom); up = is_pid(Process.whereis(:a)); Supervisor.count_children(s)
  r = {up, O.take_log()}; drop.(s); r))
O.step("a group restart that is slow: one that was started again crashes meanwhile, and the group is next", (
  c = :counters.new(1, []); s = sup.([W.spec(:a), W.spec(:b, counter: c, init: fn 1 -> Process.sleep(60); :go; _ -> :go end), W.spec(:c)], strategy: :one_for_all); O.take_log(); p = Process.whereis(:a); W.crash(:c, :boom); O.wait_until(fn -> is_pid(Process.whereis(:a)) and Process.whereis(:a) != p end); W.crash(:a, :again); Supervisor.count_children(s)
  r = {O.take_log(), S.ids(s)}; drop.(s); r))
O.step("a terminate that is slow: crashes wait", (
  s = sup.([W.spec(:a), W.spec(:b, trap: true, hang: 60)], []); O.take_log(); t = Task.async(fn -> Supervisor.terminate_child(s, :b) end); Process.sleep(20); W.crash(:a, :boom); up = is_pid(Process.whereis(:a)); r = Task.await(t); Supervisor.count_children(s)
  r = {up, r, O.take_log(), S.ids(s)}; drop.(s); r))
O.step("the sibling that is being stopped crashes by itself: no restart of its own", (
  s = sup.([W.spec(:a), W.spec(:b, trap: true, terminate: fn _ -> exit(:odd) end)], strategy: :one_for_all); O.take_log(); W.crash_sync(s, :a, :boom); r = {O.take_log(), S.ids(s)}; drop.(s); r))
O.step("the parent ends while a child starts slowly", (
  p = spawn(fn -> Supervisor.start_link([W.spec(:a, trap: true), slow.(:b, 80, trap: true)], strategy: :one_for_one, name: :early) end); Process.sleep(20)
  s = Process.whereis(:early); m = Process.monitor(s); O.take_log(); Process.exit(p, :kill); {O.await_down(m), O.take_log()}))
O.step("stop while a start_child is slow: after it, and the new child is stopped too", (
  s = sup.([W.spec(:a, trap: true)], []); O.take_log(); spawn(fn -> Supervisor.start_child(s, slow.(:b, 60, trap: true)) end); Process.sleep(20); r = Supervisor.stop(s); {r, O.take_log()} |> tap(fn _ -> O.mailbox() end)))
O.step("stop with a timeout that is too short: the caller exits, the supervisor still stops", (
  s = sup.([W.spec(:a, trap: true, hang: 80)], []); m = Process.monitor(s); O.take_log(); r = (case O.catching(fn -> Supervisor.stop(s, :normal, 20) end) do {k, {w, _}} -> {k, w}; x -> x end); d = O.await_down(m); {r, d, O.take_log()} |> tap(fn _ -> O.mailbox() end)))
O.step("a linked process that is no child crashes: nothing happens to the supervisor", (s = sup.([W.spec(:a)], []); {p, m} = spawn_monitor(fn -> Process.link(s); exit(:boom) end); O.await_down(m); _ = p; Supervisor.count_children(s); r = {Process.alive?(s), S.ids(s)}; drop.(s); r))
O.step("a child links itself to another child: both ends count", (
  s = sup.([W.spec(:a), %{id: :l, start: {:erlang, :apply, [fn -> Agent.start_link(fn -> Process.link(Process.whereis(:a)); 0 end) end, []]}}], max_restarts: 1); m = Process.monitor(s); W.crash(:a, :boom); r = O.await_down(m, 300); if(r == :no_down, do: drop.(s)); O.mailbox(); O.take_log(); r))
O.step("messages of any kind are ignored", (s = sup.([W.spec(:a)], []); send(s, :hi); send(s, {:DOWN, make_ref(), :process, me, :x}); send(s, {:EXIT, me}); c = Supervisor.count_children(s).active; r = {Process.alive?(s), c}; drop.(s); r))
