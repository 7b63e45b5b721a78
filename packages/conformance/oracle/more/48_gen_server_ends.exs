Code.require_file("../oracle_helper.exs", __DIR__)
# GenServer: who hears what of an end; stops that meet another end; replies late and by others; EXIT messages that are made up.
O.trap()
me = self()
defmodule L do
  use GenServer
  def init(f) when is_function(f), do: f.()
  def init(s), do: {:ok, s}
  def handle_call({:do, f}, from, s), do: f.(from, s)
  def handle_cast({:do, f}, s), do: f.(s)
  def handle_info(m, s), do: (O.log([:info, m]); {:noreply, s})
  def terminate(:in_terminate, _), do: exit(:from_terminate)
  def terminate(r, s), do: O.log([:terminate, r, s])
end
exits = fn -> O.mailbox() |> Enum.map(fn {:EXIT, _, r} -> r; m -> m end) end
# An exit of a call: its reason, and what was called.
why = fn f -> case O.catching(f) do {k, {w, {m, fun, _}}} -> {k, w, m, fun}; x -> x end end
start = fn s, opts -> {:ok, p} = GenServer.start(L, s, opts); p end
start_link = fn s -> {:ok, p} = GenServer.start_link(L, s); p end
call = fn p, f -> GenServer.call(p, {:do, f}) end
get = fn p -> call.(p, fn _, s -> {:reply, s, s} end) end
gone = fn _, _ -> exit(:gone) end
traps = fn -> Process.flag(:trap_exit, true); {:ok, 1} end
O.step("call of a process that is no server and ends normally", (p = spawn(fn -> receive do _ -> :ok end end); why.(fn -> GenServer.call(p, :x) end)))
O.step("a caller's own monitor fires too", (p = O.name(start.(1, []), "a1"); O.name(Process.monitor(p), "a1r"); r = why.(fn -> call.(p, gone) end); O.take_log(); {r, O.mailbox()}))
O.step("a linked server crashes in a call, the caller traps", (p = start_link.(1); r = why.(fn -> call.(p, gone) end); O.take_log(); {r, exits.()}))
O.step("a linked server crashes in a call, the caller does not trap", (r = O.isolated(fn -> p = start_link.(1); why.(fn -> call.(p, gone) end) end); O.take_log(); r))
O.step("a linked server stops normally in a call, the caller does not trap", (r = O.isolated(fn -> p = start_link.(1); why.(fn -> call.(p, fn _, s -> {:stop, :normal, s} end) end) end); O.take_log(); r))
O.step("a reply of another process after the server's end is too late", (p = start.(1, []); r = why.(fn -> call.(p, fn from, s -> spawn(fn -> Process.sleep(20); GenServer.reply(from, :too_late) end); {:stop, :left, s} end) end); Process.sleep(30); O.take_log(); {r, O.mailbox()}))
O.step("callers answered in reverse", (p = start.([], []); ts = for(i <- 1..3, do: (t = Task.async(fn -> call.(p, fn from, s -> {:noreply, [{i, from} | s]} end) end); Process.sleep(2); t)); GenServer.cast(p, {:do, fn s -> for({i, f} <- s, do: (O.log(i); GenServer.reply(f, i * 10))); {:noreply, []} end}); r = Task.await_many(ts); O.mailbox(); {r, O.take_log()}))
O.step("stop with a reply: it comes after terminate", (p = start.(1, []); r = call.(p, fn _, s -> {:stop, :normal, :bye, s} end); {r, O.take_log()}))
O.step("stop with a reply, and terminate exits: the reply comes all the same", (p = start.(1, []); m = Process.monitor(p); {why.(fn -> call.(p, fn _, s -> {:stop, :in_terminate, :bye, s} end) end), O.await_down(m)}))
O.step("start_timer to a server", (p = start.(1, []); O.name(:erlang.start_timer(1, p, :tick), "timer"); Process.sleep(5); Process.exit(p, :kill); O.take_log()))
O.step("stop with {:shutdown, x}: a linked starter that traps", (p = start_link.(1); r = GenServer.stop(p, {:shutdown, :x}); {r, O.take_log(), exits.()}))
O.step("stop with a crash: a linked starter that does not trap", (r = O.isolated(fn -> GenServer.stop(start_link.(1), :crash) end); O.take_log(); r))
O.step("stop of a process that is no server: killed meanwhile", (p = spawn(fn -> Process.sleep(:infinity) end); spawn(fn -> Process.sleep(10); Process.exit(p, :kill) end); why.(fn -> GenServer.stop(p) end)))
O.step("stop of a process that is no server: no answer in time", (p = spawn(fn -> Process.sleep(:infinity) end); r = why.(fn -> GenServer.stop(p, :normal, 10) end); Process.exit(p, :kill); r))
O.step("stop of a server that ends normally before it sees to the stop", (p = start.(1, []); GenServer.cast(p, {:do, fn s -> Process.sleep(10); {:stop, :normal, s} end}); r = why.(fn -> GenServer.stop(p, :other) end); O.take_log(); r))
O.step("two stops at once: the second hears the reason of the first", (p = start.(1, []); GenServer.cast(p, {:do, fn s -> Process.sleep(20); {:noreply, s} end}); ts = for(r <- [:one, :two], do: (t = Task.async(fn -> case why.(fn -> GenServer.stop(p, r) end) do {:exit, {w, {:sys, _, _}}, _, _} -> {:exit, w}; x -> x end end); Process.sleep(3); t)); r = Task.await_many(ts); O.mailbox(); {r, O.take_log()}))
O.step("a server gives itself another name", (p = start.(1, name: :old_name); call.(p, fn _, s -> Process.unregister(:old_name); Process.register(self(), :new_name); {:reply, 1, s} end); r = {get.(:new_name), why.(fn -> get.(:old_name) end)}; Process.exit(p, :kill); r))
O.step("a made-up EXIT of its parent stops a server that does not trap", (p = start_link.(1); m = Process.monitor(p); send(p, {:EXIT, me, :made_up}); {O.await_down(m), O.take_log(), exits.()}))
O.step("a made-up EXIT of a stranger is a message", (p = start.(1, []); send(p, {:EXIT, O.name(spawn(fn -> :ok end), "stranger"), :made_up}); get.(p); Process.exit(p, :kill); O.take_log()))
O.step("the parent's exit waits its turn in the mailbox", (p = start_link.(traps); m = Process.monitor(p); GenServer.cast(p, {:do, fn s -> Process.sleep(10); O.log(:first); {:noreply, s} end}); GenServer.cast(p, {:do, fn s -> O.log(:second); {:noreply, s} end}); Process.exit(p, :parent); {O.await_down(m), O.take_log(), exits.()}))
O.step("multi_call: in time; too late, and the late reply is dropped", (p = start.(1, name: :named); a = GenServer.multi_call([node()], :named, {:do, fn _, s -> {:reply, s, s} end}, 100); b = GenServer.multi_call([node()], :named, {:do, fn _, s -> Process.sleep(50); {:reply, s, s} end}, 10); Process.sleep(60); Process.exit(p, :kill); {a, b, O.mailbox()}))
