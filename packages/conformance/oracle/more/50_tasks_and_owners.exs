Code.require_file("../oracle_helper.exs", __DIR__)
# Tasks whose owner is a server, that traps exits or does not; what owners leave behind, and what is left of tasks that were given up.
O.trap()
me = self()
defmodule Owner do
  use GenServer
  def init(trap), do: (Process.flag(:trap_exit, trap); {:ok, nil})
  def handle_call({:do, f}, _, _), do: (t = f.(); O.name(t.ref, "ref"); O.name(t.pid, "pid"); {:reply, :ok, nil})
  def handle_info(m, s), do: (O.log(m); {:noreply, s})
end
{:ok, ts} = Task.Supervisor.start_link()
crash = fn -> Process.sleep(2); exit(:boom) end
why = fn f -> case O.catching(f) do {k, {w, {m, fun, _}}} -> {k, w, m, fun}; x -> x end end
for trap <- [false, true] do
  own = fn f -> {:ok, p} = GenServer.start(Owner, trap); GenServer.call(p, {:do, f}); p end
  O.step("a server's task ends; traps: #{trap}", (p = own.(fn -> Task.async(fn -> :v end) end); Process.sleep(5); r = O.take_log(); GenServer.stop(p); r))
  O.step("a server's task crashes; traps: #{trap}", (p = own.(fn -> Task.async(crash) end); m = Process.monitor(p); Process.sleep(10); r = {O.take_log(), O.await_down(m, 5)}; Process.demonitor(m, [:flush]); Process.exit(p, :kill); r))
  O.step("a server's task of async_nolink crashes; traps: #{trap}", (p = own.(fn -> Task.Supervisor.async_nolink(ts, crash) end); Process.sleep(10); r = O.take_log(); GenServer.stop(p); r))
  O.step("a server stops with shutdown: its task that traps is told; traps: #{trap}", (p = own.(fn -> Task.async(fn -> Process.flag(:trap_exit, true); send(me, :up); receive do {:EXIT, _, r} -> send(me, {:told, r}) end end) end); O.recv(); GenServer.stop(p, :shutdown); O.recv()))
  O.step("a server stops normally: its task goes on; traps: #{trap}", (p = own.(fn -> Task.async(fn -> Process.sleep(10); send(me, :went_on) end) end); GenServer.stop(p); O.recv()))
end
O.step("the owner ends normally: its task that traps is told", (spawn(fn -> Task.async(fn -> Process.flag(:trap_exit, true); send(me, :up); receive do {:EXIT, _, r} -> send(me, {:told, r}) end end); Process.sleep(10) end); [O.recv(), O.recv()]))
O.step("the owner dies of an await in vain: its task ends with the same", (spawn(fn -> t = Task.async(fn -> send(me, {:task, self()}); Process.sleep(:infinity) end); Task.await(t, 10) end); {:task, p} = O.recv(); m = Process.monitor(p); {w, {mod, f, _}} = O.await_down(m); {w, mod, f}))
O.step("a task that is killed, awaited by an owner that does not trap", O.isolated(fn -> t = Task.async(fn -> Process.sleep(:infinity) end); Process.exit(t.pid, :kill); Task.await(t) end))
O.step("await_many, one crashes, the owner traps: the others go on", O.isolated(fn ->
  ts = [Task.async(fn -> Process.sleep(20); 1 end), Task.async(fn -> exit(:second) end)]
  r = why.(fn -> Task.await_many(ts) end)
  Process.sleep(30)
  {r, O.mailbox() |> Enum.map(fn {:EXIT, _, x} -> {:EXIT, x}; {:DOWN, _, _, _, x} -> {:DOWN, x}; {_, x} -> {:reply, x} end)} end, trap: true))
O.step("await_many in vain, the owner traps", O.isolated(fn -> ts = [Task.async(fn -> 1 end), Task.async(fn -> Process.sleep(200) end)]; {why.(fn -> Task.await_many(ts, 20) end), O.mailbox() |> Enum.map(fn {:EXIT, _, x} -> x end)} end, trap: true))
O.step("a task that exits with shutdown, the owner does not trap", O.isolated(fn -> Task.await(Task.async(fn -> exit(:shutdown) end)) end))
O.step("a task that exits with {:shutdown, x}, the owner traps", O.isolated(fn -> why.(fn -> Task.await(Task.async(fn -> exit({:shutdown, 1}) end)) end) end, trap: true))
O.step("start_link of a task that raises, its starter traps", O.isolated(fn -> {:ok, p} = Task.start_link(fn -> raise "no" end); O.name(p, "raiser"); O.recv() end, trap: true))
O.step("shutdown of a task whose await was in vain", O.isolated(fn -> t = Task.async(fn -> Process.sleep(:infinity) end); O.catching(fn -> Task.await(t, 5) end); Task.shutdown(t, :brutal_kill) end, trap: true))
O.step("shutdown of a task of async_nolink that has crashed", O.isolated(fn -> t = Task.Supervisor.async_nolink(ts, fn -> exit(:boom) end); Process.sleep(5); {Task.shutdown(t), O.mailbox()} end))
