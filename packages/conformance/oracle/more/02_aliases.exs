Code.require_file("../oracle_helper.exs", __DIR__)
# Aliases, and what a process shows of its monitors.
O.trap()
me = self()
idle = fn -> spawn(fn -> Process.sleep(:infinity) end) end
O.step("alias: a message to it arrives; after unalias it does not", (a = :erlang.alias(); send(a, :one); x = O.recv(); r = {:erlang.unalias(a), :erlang.unalias(a)}; send(a, :two); {x, r, O.mailbox()}))
O.step("alias with reply: ends with the first message", (a = :erlang.alias([:reply]); send(a, :one); send(a, :two); Process.sleep(5); O.mailbox()))
O.step("monitor with alias demonitor: ends with the DOWN", (p = idle.(); r = O.name(:erlang.monitor(:process, p, alias: :demonitor), "ra"); send(r, :before); O.name(p, "pa"); Process.exit(p, :kill); Process.sleep(5); send(r, :after); O.mailbox()))
O.step("monitor with alias demonitor: ends with demonitor", (p = idle.(); r = :erlang.monitor(:process, p, alias: :demonitor); Process.demonitor(r); send(r, :after); O.mailbox()))
O.step("monitor with alias reply_demonitor: the first reply removes the monitor", (p = idle.(); r = :erlang.monitor(:process, p, alias: :reply_demonitor); send(r, :reply); x = O.recv(); Process.exit(p, :kill); Process.sleep(5); send(r, :more); {x, O.mailbox()}))
O.step("monitor with alias explicit_unalias: outlives the DOWN", (p = O.name(idle.(), "pe"); r = O.name(:erlang.monitor(:process, p, alias: :explicit_unalias), "re"); Process.exit(p, :kill); Process.sleep(5); send(r, :still); x = O.mailbox(); {x, :erlang.unalias(r)}))
O.step("monitors and monitored_by in info", (p = idle.(); r = Process.monitor(p); x = {Process.info(me, :monitors) == {:monitors, [process: p]}, Process.info(p, :monitored_by) == {:monitored_by, [me]}}; Process.demonitor(r); {x, Process.info(me, :monitors), Process.info(p, :monitored_by)}))
O.step("a dead watcher's monitor is gone", (p = idle.(); w = spawn(fn -> Process.monitor(p); send(me, :on); receive do :go -> :ok end end); receive do :on -> :ok end; a = Process.info(p, :monitored_by) |> elem(1) |> length(); send(w, :go); O.down(w); b = Process.info(p, :monitored_by) |> elem(1) |> length(); {a, b}))
O.step("an exit reason that is a pid, a list, nil", for(r <- [me, [1, 2], nil], do: ({_, m} = O.spawn_mon(fn -> exit(r) end); O.await_down(m))))
