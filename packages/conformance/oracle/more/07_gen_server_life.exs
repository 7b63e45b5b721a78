Code.require_file("../oracle_helper.exs", __DIR__)
# GenServer: parents, terminate, EXIT and DOWN messages, casts to the dead, stopping from callbacks.
O.trap()
defmodule L do
  use GenServer
  def init({:trap, s}), do: (Process.flag(:trap_exit, true); {:ok, s})
  def init(s), do: {:ok, s}
  def handle_call({:do, f}, from, s), do: f.(from, s)
  def handle_cast({:do, f}, s), do: f.(s)
  def handle_info({:do, f}, s), do: f.(s)
  def handle_info(m, s), do: (O.log([:info, m]); {:noreply, s})
  def terminate(r, s), do: O.log([:terminate, r, s])
end
me = self()
ended = fn p, f -> m = Process.monitor(p); f.(); r = O.await_down(m); {r, O.take_log()} end
start = fn arg -> {:ok, p} = GenServer.start(L, arg); p end
O.step("exit signal, not trapping: terminate is not called", (p = start.(1); ended.(p, fn -> Process.exit(p, :boom) end)))
O.step("exit signal of a stranger, trapping: a message", (p = start.({:trap, 1}); Process.exit(p, :boom); GenServer.call(p, {:do, fn _, s -> {:reply, :ok, s} end}); l = O.take_log() |> Enum.map(fn [:info, {:EXIT, f, r}] -> [:info, f == me, r] end); {Process.alive?(p), l}))
O.step("kill: terminate is not called", (p = start.({:trap, 1}); ended.(p, fn -> Process.exit(p, :kill) end)))
O.step("stop from a call, cast, info: terminate is called", for(f <- [fn p -> O.catching(fn -> GenServer.call(p, {:do, fn _, s -> {:stop, :s1, s} end}) end) end, fn p -> GenServer.cast(p, {:do, fn s -> {:stop, :s2, s} end}) end, fn p -> send(p, {:do, fn s -> {:stop, :s3, s} end}) end], do: (p = start.(1); ended.(p, fn -> f.(p) end))))
O.step("stop with a new state: terminate sees it", (p = start.(1); ended.(p, fn -> GenServer.cast(p, {:do, fn _ -> {:stop, :normal, :new} end}) end)))
O.step("a raise in a callback: terminate is called with it", (p = start.(1); ended.(p, fn -> GenServer.cast(p, {:do, fn _ -> raise "boom" end}) end)))
O.step("exit in a callback: terminate is called with the reason", (p = start.(1); ended.(p, fn -> GenServer.cast(p, {:do, fn _ -> exit(:out) end}) end)))
O.step("a bad return: terminate is called with it", (p = start.(1); ended.(p, fn -> GenServer.cast(p, {:do, fn _ -> :bad end}) end)))
parent = fn arg, f -> spawn(fn -> {:ok, p} = GenServer.start_link(L, arg); send(me, {:child, p}); receive do :go -> f.() end end) |> then(fn pp -> c = receive do {:child, c} -> c end; {pp, c} end) end
O.step("parent exits, child does not trap: dies without terminate", ({pp, c} = parent.(1, fn -> exit(:parent_gone) end); ended.(c, fn -> send(pp, :go) end)))
O.step("parent exits, child traps: terminate with the parent's reason", ({pp, c} = parent.({:trap, 1}, fn -> exit(:parent_gone) end); ended.(c, fn -> send(pp, :go) end)))
O.step("parent exits normal, child traps: stops with normal", ({pp, c} = parent.({:trap, 1}, fn -> :ok end); ended.(c, fn -> send(pp, :go) end)))
O.step("parent exits normal, child does not trap: lives", ({pp, c} = parent.(1, fn -> :ok end); send(pp, :go); O.down(pp); Process.sleep(10); Process.alive?(c)))
O.step("parent sends shutdown by signal, child traps: terminate, since it is the parent", (me2 = self(); {:ok, p} = GenServer.start_link(L, {:trap, 1}); _ = me2; r = ended.(p, fn -> Process.exit(p, :shutdown) end); {r, O.mailbox() |> Enum.map(fn {:EXIT, _, x} -> x end)}))
O.step("EXIT of a linked process that is not the parent: to handle_info", (p = start.({:trap, 1}); w = O.name(GenServer.call(p, {:do, fn _, s -> {:reply, spawn_link(fn -> Process.sleep(10); exit(:worker_gone) end), s} end}), "worker"); _ = w; Process.sleep(30); {O.take_log(), Process.alive?(p)}))
O.step("EXIT of a linked process, not trapping: the server dies with its reason, no terminate", (p = start.(1); ended.(p, fn -> GenServer.call(p, {:do, fn _, s -> {:reply, spawn_link(fn -> Process.sleep(10); exit(:worker_gone) end), s} end}) end)))
O.step("DOWN comes to handle_info", (p = start.(1); {w, r} = GenServer.call(p, {:do, fn _, s -> {w, r} = spawn_monitor(fn -> exit(:watched) end); {:reply, {w, r}, s} end}); O.name(w, "watched"); O.name(r, "wref"); Process.sleep(10); O.take_log()))
O.step("cast to a dead pid, to an unknown name", (p = start.(1); Process.exit(p, :kill); O.down(p); {GenServer.cast(p, :x), GenServer.cast(:nobody_here, :x)}))
O.step("call to a dead pid", (p = O.name(start.(1), "dead"); Process.exit(p, :kill); O.down(p); O.catching(fn -> GenServer.call(p, :x) end)))
O.step("server killed during a call", (p = O.name(start.(1), "killed"); t = spawn(fn -> Process.sleep(10); Process.exit(p, :kill) end); _ = t; (case O.catching(fn -> GenServer.call(p, {:do, fn _, s -> Process.sleep(500); {:reply, 1, s} end}) end) do {k, {r, {m, f, _}}} -> {k, r, m, f} end)))
O.step("two callers: served in order", (p = start.([]); ts = for(i <- 1..3, do: Task.async(fn -> Process.sleep(i * 5); GenServer.call(p, {:do, fn _, s -> {:reply, length(s), [i | s]} end}) end)); Task.await_many(ts)))
O.mailbox()
O.step("a server that calls another: a chain", (a = start.(1); b = start.(2); GenServer.call(a, {:do, fn _, s -> {:reply, {s, GenServer.call(b, {:do, fn _, t -> {:reply, t, t} end})}, s} end})))
O.step("deadlock of two servers ends by timeout", (a = start.(1); b = start.(2); {k, {{r, _}, _}} = O.catching(fn -> GenServer.call(a, {:do, fn _, s -> {:reply, GenServer.call(b, {:do, fn _, t -> {:reply, GenServer.call(a, {:do, fn _, u -> {:reply, u, u} end}, 20), t} end}, 200), s} end}, 400) end); O.take_log(); {k, (case r do {x, _} -> x; x -> x end)}))
O.step("GenServer.stop of a server that traps: terminate and reason", (p = start.({:trap, 1}); ended.(p, fn -> GenServer.stop(p, :done) end)))
O.step("messages in the mailbox at the stop are dropped", (p = start.(1); GenServer.cast(p, {:do, fn s -> Process.sleep(20); {:stop, :normal, s} end}); send(p, :never_seen); ended.(p, fn -> :ok end)))
O.step("start under a taken name leaves no process and no EXIT", ({:ok, p} = GenServer.start(L, 1, name: :one); O.name(p, "one"); r = GenServer.start_link(L, 2, name: :one); {r, O.mailbox()}))
