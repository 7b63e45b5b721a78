Code.require_file("../oracle_helper.exs", __DIR__)
# GenServer: what ends an init, who waits for one, what comes meanwhile.
O.trap()
me = self()
defmodule L do
  use GenServer
  def init(f), do: f.()
  def handle_call({:do, f}, from, s), do: f.(from, s)
  def handle_info({:do, f}, s), do: f.(s)
  def handle_info(m, s), do: (O.log([:info, m]); {:noreply, s})
  def handle_continue({:do, f}, s), do: f.(s)
  def terminate(r, s), do: O.log([:terminate, r, s])
end
exits = fn -> O.mailbox() |> Enum.map(fn {:EXIT, _, r} -> r; m -> m end) end
# An exit of a call: its reason, and what was called.
why = fn f -> case O.catching(f) do {k, {w, {m, fun, _}}} -> {k, w, m, fun}; x -> x end end
get = fn p -> GenServer.call(p, {:do, fn _, s -> {:reply, s, s} end}) end
killed_by_another = fn reason -> fn -> s = self(); spawn(fn -> Process.exit(s, reason) end); Process.sleep(100); {:ok, 1} end end
kills_itself = fn -> Process.exit(self(), :kill); {:ok, 1} end
O.step("killed by another in init: start_link", {GenServer.start_link(L, killed_by_another.(:kill)), exits.()})
O.step("killed by another in init: start", {GenServer.start(L, killed_by_another.(:kill)), exits.()})
O.step("ended by another in init, with shutdown", {GenServer.start_link(L, killed_by_another.(:shutdown)), exits.()})
O.step("a linked process crashes in init", {GenServer.start_link(L, fn -> spawn_link(fn -> exit(:inner) end); Process.sleep(100); {:ok, 1} end), exits.()})
O.step("a linked process crashes in an init that traps: a message for later", ({:ok, p} = GenServer.start_link(L, fn -> Process.flag(:trap_exit, true); spawn_link(fn -> exit(:inner) end); Process.sleep(5); {:ok, 1} end); get.(p); l = O.take_log() |> Enum.map(fn [:info, {:EXIT, _, r}] -> r end); GenServer.stop(p); O.take_log(); {l, exits.()}))
O.step("killed in init, the starter does not trap", O.isolated(fn -> GenServer.start_link(L, kills_itself) end))
O.step("killed in init, named: the name is free", {GenServer.start_link(L, kills_itself, name: :killed_one), exits.(), Process.whereis(:killed_one)})
O.step("ends itself normally in init, by a signal", {GenServer.start_link(L, fn -> Process.exit(self(), :normal); {:ok, 1} end), exits.()})
O.step("exits normally in init", {GenServer.start_link(L, fn -> exit(:normal) end), exits.()})
O.step("an agent is killed in its function", {Agent.start_link(fn -> Process.exit(self(), :kill); 1 end), exits.()})
O.step("a child is killed in init", ({:error, {:shutdown, {:failed_to_start_child, :a, x}}} = Supervisor.start_link([%{id: :a, start: {GenServer, :start_link, [L, kills_itself]}}], strategy: :one_for_one); {x, length(exits.())}))
in_init = fn ms -> fn -> send(me, {:in, self()}); Process.sleep(ms); send(me, :went_on); {:ok, 1} end end
O.step("the starter dies in start_link: the init ends", (p = spawn(fn -> GenServer.start_link(L, in_init.(200)) end); {:in, q} = O.recv(); m = Process.monitor(q); Process.exit(p, :boom); {O.await_down(m), O.recv(250)}))
O.step("the starter dies in start: the init goes on", (p = spawn(fn -> GenServer.start(L, in_init.(20)) end); {:in, q} = O.recv(); Process.exit(p, :boom); r = {O.recv(), Process.alive?(q)}; Process.exit(q, :kill); r))
O.step("an init that unlinks its parent, then stops", {GenServer.start_link(L, fn -> Process.unlink(me); {:stop, :no} end), exits.()})
O.step("what init sends to itself comes before a call", ({:ok, p} = GenServer.start(L, fn -> send(self(), {:do, fn s -> {:noreply, [:message | s]} end}); {:ok, []} end); r = get.(p); Process.exit(p, :kill); r))
O.step("an init may receive", (t = Task.async(fn -> GenServer.start(L, fn -> Process.register(self(), :inbox); receive do x -> {:ok, x} end end) end); O.wait_until(fn -> Process.whereis(:inbox) != nil end); send(:inbox, :hello); {:ok, p} = Task.await(t); O.mailbox(); r = get.(p); Process.exit(p, :kill); r))
# Starts a server that is in its init for 20 ms when this returns.
slowly = fn name, result -> spawn(fn -> GenServer.start(L, fn -> Process.sleep(20); result end, name: name) end); O.wait_until(fn -> Process.whereis(name) != nil end) end
O.step("a call to a server in its init waits", (slowly.(:slow1, {:ok, :ready}); r = get.(:slow1); GenServer.stop(:slow1); O.take_log(); r))
O.step("a call to a server whose init then fails", (slowly.(:slow2, {:stop, :bad_luck}); why.(fn -> GenServer.call(:slow2, :x) end)))
O.step("a call to a server whose init then ignores", (slowly.(:slow3, :ignore); why.(fn -> GenServer.call(:slow3, :x) end)))
O.step("a stop of a server in its init waits", (slowly.(:slow4, {:ok, 1}); {GenServer.stop(:slow4), O.take_log()}))
O.step("a continue that exits: the start is fine, then the EXIT comes", ({k, _} = GenServer.start_link(L, fn -> {:ok, 1, {:continue, {:do, fn _ -> exit(:in_continue) end}}} end); {k, O.recv() |> elem(2), O.take_log()}))
O.step("a timeout that a continue asks for", ({:ok, p} = GenServer.start(L, fn -> {:ok, 1, {:continue, {:do, fn s -> {:noreply, s, 10} end}}} end); Process.sleep(30); Process.exit(p, :kill); O.take_log()))
