Code.require_file("../oracle_helper.exs", __DIR__)
# GenServer: system messages.
O.trap()
defmodule Z do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call({:do, f}, from, s), do: f.(from, s)
  def handle_cast({:do, f}, s), do: f.(s)
  def handle_info(m, s), do: (O.log([:info, m]); {:noreply, s})
  def terminate(r, s), do: O.log([:terminate, r, s])
end
start = fn s -> {:ok, p} = GenServer.start(Z, s); p end
get = fn p -> GenServer.call(p, {:do, fn _, s -> {:reply, s, s} end}) end
add = fn p, n -> GenServer.cast(p, {:do, fn s -> {:noreply, s + n} end}) end
# An exit of a call: its reason.
why = fn {k, {r, {m, _, _}}} -> {k, r, m}; {k, _} -> k end
O.step("get_state of a busy server times out; the server goes on", (p = start.(1); GenServer.cast(p, {:do, fn s -> Process.sleep(60); {:noreply, s + 1} end}); r = why.(O.catching(fn -> :sys.get_state(p, 10) end)); {r, :sys.get_state(p), O.mailbox()}))
O.step("get_state of the missing", why.(O.catching(fn -> :sys.get_state(:no_server) end)))
O.step("replace_state: the new state, for all later callbacks", (p = start.(1); a = :sys.replace_state(p, fn s -> s + 10 end); {a, get.(p)}))
O.step("replace_state whose function raises: the caller's error, the old state", (p = start.(1); {k, _} = O.catching(fn -> :sys.replace_state(p, fn _ -> raise "no" end) end); {k, get.(p), Process.alive?(p)}))
O.step("suspended: casts wait, in order; a call times out and happens all the same", (p = start.(1); :sys.suspend(p); add.(p, 1); add.(p, 2); a = why.(O.catching(fn -> GenServer.call(p, {:do, fn _, s -> {:reply, :late, s * 10} end}, 20) end)); b = :sys.get_state(p); :sys.resume(p); {a, b, get.(p), O.mailbox()}))
O.step("suspended twice, resumed once: runs", (p = start.(1); r = [:sys.suspend(p), :sys.suspend(p), :sys.resume(p)]; {r, get.(p)}))
O.step("resume of one that runs", (p = start.(1); {:sys.resume(p), get.(p)}))
O.step("replace_state while suspended", (p = start.(1); :sys.suspend(p); a = :sys.replace_state(p, &(&1 + 1)); :sys.resume(p); {a, get.(p)}))
O.step("a suspended server is stopped by GenServer.stop, with terminate", (p = start.(1); :sys.suspend(p); m = Process.monitor(p); r = GenServer.stop(p, :enough); {r, O.await_down(m), O.take_log()}))
O.step("a suspended server dies of a signal, without terminate", (p = start.(1); :sys.suspend(p); m = Process.monitor(p); Process.exit(p, :signal); {O.await_down(m), O.take_log()}))
O.step("messages to a suspended server are handled after resume", (p = start.(1); :sys.suspend(p); send(p, :one); send(p, :two); Process.sleep(10); a = O.take_log(); :sys.resume(p); get.(p); {a, O.take_log()}))
O.step("a timeout begins anew after a system message", (p = start.(1); GenServer.call(p, {:do, fn _, s -> {:reply, :ok, s, 300} end}); Process.sleep(200); :sys.get_state(p); Process.sleep(200); a = O.take_log(); Process.sleep(200); {a, O.take_log()}))
O.step("statistics: messages in and out", (p = start.(1); :sys.statistics(p, true); get.(p); get.(p); add.(p, 1); send(p, :hi); get.(p); {:ok, l} = :sys.statistics(p, :get); O.take_log(); {l[:messages_in], l[:messages_out]}))
O.step("statistics, off and never on", (p = start.(1); a = :sys.statistics(p, :get); :sys.statistics(p, true); :sys.statistics(p, false); {a, :sys.statistics(p, :get)}))
kinds = fn {:ok, l} -> Enum.map(l, fn {:in, _} -> :in; {:out, v, _, s} -> {:out, v, s}; {:noreply, s} -> {:noreply, s}; x -> x end) end
O.step("log: what came in and what became of it", (p = start.(1); :sys.log(p, true); get.(p); add.(p, 1); send(p, :hi); get.(p); O.take_log(); kinds.(:sys.log(p, :get))))
O.step("log: so many of the last", (p = start.(1); :sys.log(p, {true, 3}); get.(p); add.(p, 1); get.(p); kinds.(:sys.log(p, :get))))
O.step("log: off", (p = start.(1); a = :sys.log(p, :get); :sys.log(p, true); get.(p); :sys.log(p, false); {a, :sys.log(p, :get)}))
