Code.require_file("../oracle_helper.exs", __DIR__)
# Links, monitors and aliases at the edge: ends on their way, aliases of monitors, tags, chains of exits.
O.trap()
me = self()
idle = fn name -> O.name(spawn(fn -> Process.sleep(:infinity) end), name) end
# It ends with `e` when it is told to.
goer = fn name -> O.name(spawn(fn -> receive do :go -> exit(:e) end end), name) end
O.step("kill, then link", (p = idle.("a1"); Process.exit(p, :kill); {Process.link(p), O.recv()}))
O.step("kill, then monitor", (p = idle.("a2"); Process.exit(p, :kill); O.name(Process.monitor(p), "a2r"); O.recv()))
O.step("link, kill, then link again", (p = idle.("a3"); Process.link(p); Process.exit(p, :kill); a = O.recv(); Process.link(p); {a, O.recv()}))
O.step("an EXIT stays in the mailbox when trapping ends", O.isolated(fn -> Process.flag(:trap_exit, true); O.name(spawn_link(fn -> exit(:x) end), "a4"); Process.sleep(5); Process.flag(:trap_exit, false); O.mailbox() end))
O.step("the parent ends normally: a linked child lives, without the link", (p = spawn(fn -> c = spawn_link(fn -> Process.sleep(:infinity) end); send(me, {:c, c}) end); {:c, c} = O.recv(); O.down(p); r = {Process.alive?(c), Process.info(c, :links)}; Process.exit(c, :kill); r))
O.step("unlink from the other side", (p = O.name(spawn(fn -> receive do :un -> Process.unlink(me); send(me, :done); Process.sleep(:infinity) end end), "a6"); Process.link(p); send(p, :un); O.recv(); a = Process.info(me, :links) |> elem(1) |> Enum.member?(p); Process.exit(p, :kill); Process.sleep(5); {a, O.mailbox()}))
O.step("exit, then what is to be done after", O.isolated(fn -> try do exit(:x) after O.log(:after) end end) |> then(&{&1, O.take_log()}))
O.step("exit with kill through two links", ({_, m} = O.spawn_mon(fn -> spawn_link(fn -> spawn_link(fn -> exit(:kill) end); Process.sleep(:infinity) end); Process.sleep(:infinity) end); O.await_down(m)))
O.step("a killed process, through a link to one that does not trap, seen by one that does", (
  {_, m} = O.spawn_mon(fn ->
    Process.flag(:trap_exit, true)
    spawn_link(fn -> r = spawn_link(fn -> Process.sleep(:infinity) end); send(me, {:r, r}); Process.sleep(:infinity) end)
    receive do {:EXIT, _, x} -> exit({:seen, x}) end
  end)
  {:r, r} = O.recv()
  Process.exit(r, :kill)
  O.await_down(m)))
# monitors
O.step("monitor of {name, node}", (p = O.name(spawn(fn -> Process.register(self(), :named); receive do :go -> :ok end end), "b1"); O.wait_until(fn -> Process.whereis(:named) == p end); O.name(Process.monitor({:named, node()}), "b1r"); send(p, :go); O.recv()))
O.step("a tag in place of DOWN", (p = goer.("b2"); r = :erlang.monitor(:process, p, tag: :my_tag); send(p, :go); m = O.recv(); {elem(m, 0), elem(m, 1) == r, elem(m, 3) == p, elem(m, 4)}))
O.step("demonitor with flush takes a tagged one", (p = spawn(fn -> :ok end); r = :erlang.monitor(:process, p, tag: :my_tag); Process.sleep(5); Process.demonitor(r, [:flush]); O.mailbox()))
O.step("demonitor with flush and info: there was one; again", (p = idle.("b4"); r = Process.monitor(p); {Process.demonitor(r, [:flush, :info]), Process.demonitor(r, [:flush, :info])}))
O.step("demonitor with flush takes its own DOWN only", (p = spawn(fn -> :ok end); r1 = Process.monitor(p); r2 = Process.monitor(p); Process.sleep(5); Process.demonitor(r1, [:flush]); Enum.map(O.mailbox(), fn {:DOWN, r, _, _, _} -> r == r2 end)))
O.step("demonitor of a reference that is no monitor", Process.demonitor(make_ref(), [:info]))
# aliases
replier = fn -> receive do {:reply_to, r} -> send(r, :reply); send(r, :again); exit(:x) end end
for mode <- [:reply_demonitor, :demonitor] do
  O.step("spawn_opt with a monitor, alias #{mode}", ({p, r} = :erlang.spawn_opt(replier, [{:monitor, [alias: mode]}]); O.name(p, "p_#{mode}"); O.name(r, "r_#{mode}"); send(p, {:reply_to, r}); Process.sleep(10); a = O.mailbox(); send(r, :late); {a, O.mailbox()}))
  O.step("#{mode}: unalias keeps the monitor", (p = goer.("u_#{mode}"); r = O.name(:erlang.monitor(:process, p, alias: mode), "ur_#{mode}"); u = :erlang.unalias(r); send(r, :no); send(p, :go); {u, O.recv(), O.mailbox()}))
end
O.step("explicit_unalias: after demonitor still an alias", (r = :erlang.monitor(:process, idle.("c1"), alias: :explicit_unalias); Process.demonitor(r); send(r, :a); a = O.mailbox(); u = :erlang.unalias(r); send(r, :b); {a, u, O.mailbox()}))
O.step("reply_demonitor: after the DOWN no alias", (p = goer.("c2"); r = O.name(:erlang.monitor(:process, p, alias: :reply_demonitor), "c2r"); send(p, :go); a = O.recv(); send(r, :late); {a, O.mailbox(), :erlang.unalias(r)}))
O.step("reply_demonitor: a reply of anyone ends the monitor", (r = :erlang.monitor(:process, idle.("c3"), alias: :reply_demonitor); O.down(spawn(fn -> send(r, :reply) end)); a = O.mailbox(); {a, Process.demonitor(r, [:info])}))
O.step("unalias by another process", (a = :erlang.alias(); x = Task.await(Task.async(fn -> :erlang.unalias(a) end)); O.mailbox(); send(a, :still); {x, O.mailbox(), :erlang.unalias(a)}))
O.step("alias of a dead process", (p = spawn(fn -> send(me, {:a, :erlang.alias()}) end); {:a, a} = O.recv(); O.down(p); send(a, :x); O.mailbox()))
