Code.require_file("../oracle_helper.exs", __DIR__)
# Callers and ancestors of tasks, servers and agents within each other.
O.trap()
me = self()
lineage = fn -> {Process.get(:"$callers"), Process.get(:"$ancestors")} end
defmodule L do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call({:do, f}, _, s), do: {:reply, f.(), s}
end
{:ok, s} = GenServer.start_link(L, 1, name: :the_server)
O.name(s, "server")
{:ok, ts} = Task.Supervisor.start_link(name: :the_tasks)
O.name(ts, "tasks")
within = fn f -> GenServer.call(s, {:do, f}) end
await = fn f -> r = Task.await(Task.async(f)); O.mailbox(); r end
O.step("callers of a task in a task in a task", await.(fn -> O.name(self(), "ta"); Task.await(Task.async(fn -> O.name(self(), "tb"); Task.await(Task.async(fn -> Process.get(:"$callers") end)) end)) end))
O.step("ancestors of a task in a task", await.(fn -> O.name(self(), "tc"); Task.await(Task.async(fn -> Process.get(:"$ancestors") end)) end))
O.step("of a server", within.(lineage))
O.step("of a task of a named server", within.(fn -> Task.await(Task.async(lineage)) end))
O.step("of a supervised task of a named server", within.(fn -> Task.await(Task.Supervisor.async(ts, lineage)) end))
O.step("of a server of a named server", within.(fn -> {:ok, p} = GenServer.start_link(L, 1); GenServer.call(p, {:do, lineage}) end))
O.step("of an agent of a named server", within.(fn -> {:ok, p} = Agent.start_link(lineage); Agent.get(p, & &1) end))
O.step("of a task of a server of a task: the callers begin with the server", await.(fn -> O.name(self(), "td"); {:ok, p} = GenServer.start_link(L, 1); O.name(p, "te"); GenServer.call(p, {:do, fn -> Task.await(Task.async(lineage)) end}) end))
O.step("of a task of start_child", (Task.Supervisor.start_child(ts, fn -> send(me, lineage.()) end); O.recv()))
O.step("callers in an async_stream", (r = Task.async_stream([1], fn _ -> Process.get(:"$callers") end) |> Enum.to_list(); O.mailbox(); r))
O.step("in a supervised async_stream", (r = Task.Supervisor.async_stream(ts, [1], fn _ -> lineage.() end) |> Enum.to_list(); O.mailbox(); r))
O.step("callers in an async_stream of a task", await.(fn -> O.name(self(), "tf"); Task.async_stream([1], fn _ -> Process.get(:"$callers") end) |> Enum.to_list() end))
