Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# Children that ask, stop and extend their own supervisor; supervisors that end at a bad time; trees of several kinds of supervisors.
O.trap()
me = self()
defmodule F do
  use GenServer
  def start_link(f, opts \\ []), do: GenServer.start_link(F, f, opts)
  def init(f), do: f.()
  def handle_cast({:do, f}, s), do: f.(s)
  def handle_continue({:do, f}, s), do: f.(s)
  def terminate(r, s), do: (O.log([:terminate, r]); if(is_function(s), do: s.()))
  def spec(id, f, opts \\ []), do: Map.merge(%{id: id, start: {F, :start_link, [f, [name: id]]}}, Map.new(opts))
end
defmodule M do
  use Supervisor
  def init(f), do: f.()
end
parent = fn -> hd(Process.get(:"$ancestors")) end
plain = fn -> {:ok, 1} end
continue = fn f -> {:ok, 1, {:continue, {:do, f}}} end
# A supervisor with these children; what the body gives is observed, what is left is stopped.
step = fn name, children, opts, body ->
  {:ok, s} = Supervisor.start_link(children, Keyword.merge([strategy: :one_for_one], opts))
  O.step(name, body.(s))
  if Process.alive?(s), do: Supervisor.stop(s)
  O.mailbox()
  O.take_log()
end
ask = fn ms -> (p = parent.(); try do GenServer.call(p, :which_children, ms) catch :exit, {why, _} -> O.log([:asked, why]) end) end
step.("a child asks its supervisor in init: the question ends by its own time", [F.spec(:asker, fn -> ask.(20); {:ok, 1} end)], [], fn s -> {O.take_log(), S.ids(s)} end)
step.("a child asks its supervisor in a continue", [F.spec(:asker, fn -> continue.(fn s -> O.log([:asked, length(Supervisor.which_children(parent.()))]); {:noreply, s} end) end)], [], fn _ -> Process.sleep(5); O.take_log() end)
step.("a child starts a sibling in a continue", [F.spec(:first, fn -> continue.(fn s -> {:ok, _} = Supervisor.start_child(parent.(), W.spec(:sibling)); {:noreply, s} end) end), W.spec(:last)], [], fn s -> Process.sleep(5); {S.ids(s), O.take_log()} end)
stops = fn s -> fn x -> Supervisor.stop(s); O.log(:not_reached); {:noreply, x} end end
step.("a child stops its supervisor", [W.spec(:before, trap: true), F.spec(:stopper, plain)], [], fn s -> O.take_log(); m = Process.monitor(s); GenServer.cast(:stopper, {:do, stops.(s)}); {O.await_down(m), O.take_log()} end)
step.("a child that traps stops its supervisor: killed after its time", [W.spec(:before, trap: true), F.spec(:stopper, fn -> Process.flag(:trap_exit, true); {:ok, 1} end, shutdown: 20)], [], fn s ->
  O.take_log(); m = Process.monitor(s); c = Process.monitor(:stopper)
  GenServer.cast(:stopper, {:do, stops.(s)})
  {O.await_down(m), O.await_down(c), O.take_log()} end)
step.("a child terminates itself through its supervisor", [F.spec(:lemming, plain)], [], fn s -> m = Process.monitor(:lemming); GenServer.cast(:lemming, {:do, fn x -> Supervisor.terminate_child(s, :lemming); {:noreply, x} end}); {O.await_down(m), S.ids(s)} end)
step.("a terminate that asks the supervisor: its question ends by its own time", [F.spec(:asker, fn -> Process.flag(:trap_exit, true); {:ok, fn -> ask.(10) end} end)], [], fn s -> m = Process.monitor(:asker); {Supervisor.terminate_child(s, :asker), O.await_down(m), O.take_log()} end)
for reason <- [:normal, :shutdown, :crash] do
  O.step("stop with #{reason}: a linked starter that does not trap", O.isolated(fn -> {:ok, s} = Supervisor.start_link([], strategy: :one_for_one); Supervisor.stop(s, reason) end))
end
O.step("killed while it starts a child: what it has started ends", (
  p = spawn(fn -> Supervisor.start_link([W.spec(:a, trap: true), F.spec(:slow, fn -> send(me, :in_slow); Process.sleep(300); {:ok, 1} end)], strategy: :one_for_one, name: :dying) end)
  O.recv(); O.take_log()
  a = Process.monitor(:a); slow = Process.monitor(:slow)
  Process.exit(Process.whereis(:dying), :kill)
  {O.await_down(a), O.await_down(slow), O.down(p), O.take_log()}))
stranger = spawn(fn -> receive do :go -> exit(:stranger) end end)
step.("a child links itself to a stranger, which crashes", [F.spec(:linked, fn -> Process.link(stranger); {:ok, 1} end, restart: :temporary)], [], fn s -> m = Process.monitor(:linked); send(stranger, :go); {O.await_down(m), S.ids(s)} end)
step.("rest_for_one: a registry, a dynamic supervisor, what fills it", [{Registry, keys: :unique, name: Names}, {DynamicSupervisor, name: :pool}, W.spec(:filler, trap: true)], [strategy: :rest_for_one], fn s ->
  for i <- 1..2, do: DynamicSupervisor.start_child(:pool, %{id: i, start: {F, :start_link, [plain, [name: {:via, Registry, {Names, i}}]]}})
  before = {DynamicSupervisor.count_children(:pool).active, Registry.count(Names)}
  O.take_log()
  W.kill_sync(s, :pool)
  {before, DynamicSupervisor.count_children(:pool).active, Registry.count(Names), O.take_log()} end)
step.("a dynamic supervisor that gives up comes back empty", [{DynamicSupervisor, name: :pool, max_restarts: 1}], [], fn s ->
  DynamicSupervisor.start_child(:pool, W.spec(:w))
  W.kill_sync(:pool, :w)
  m = Process.monitor(:pool)
  Process.exit(Process.whereis(:w), :kill)
  r = O.await_down(m)
  Supervisor.count_children(s)
  {r, is_pid(Process.whereis(:pool)), DynamicSupervisor.count_children(:pool)} end)
starts = :counters.new(1, [])
step.("a child whose continue stops it, twice", [F.spec(:early, fn -> :counters.add(starts, 1, 1); n = :counters.get(starts, 1); {:ok, n, {:continue, {:do, fn n -> if(n < 3, do: {:stop, :early, n}, else: {:noreply, n}) end}}} end)], [max_restarts: 5], fn s -> Process.sleep(10); {:counters.get(starts, 1), S.ids(s), O.take_log()} end)
for {how, f} <- [{"raises", fn -> raise "no" end}, {"exits", fn -> exit(:no) end}] do
  O.step("a module whose init #{how}", (r = Supervisor.start_link(M, f); {r, Enum.map(O.mailbox(), fn {:EXIT, _, why} -> why end)}))
end
