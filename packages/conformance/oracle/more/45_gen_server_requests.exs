Code.require_file("../oracle_helper.exs", __DIR__)
# GenServer: requests that are answered later, steps after a callback, servers of one name.
O.trap()
defmodule Z do
  use GenServer
  def init({:cont, c}), do: {:ok, 0, {:continue, c}}
  def init(s), do: {:ok, s}
  def handle_call({:do, f}, from, s), do: f.(from, s)
  def handle_cast({:do, f}, s), do: f.(s)
  def handle_continue({:do, f}, s), do: f.(s)
  def handle_info(m, s), do: (O.log([:info, m]); {:noreply, s})
  def terminate(r, s), do: O.log([:terminate, r, s])
end
start = fn s -> {:ok, p} = GenServer.start(Z, s); p end
get = fn p -> GenServer.call(p, {:do, fn _, s -> {:reply, s, s} end}) end
# An exit of a call: its reason.
why = fn {k, {r, {m, _, _}}} -> {k, r, m}; {k, _} -> k end
O.step("three requests, received in another order", (p = start.(1); [a, b, c] = for(n <- 1..3, do: :gen_server.send_request(p, {:do, fn _, s -> {:reply, n * 10, s} end})); {:gen_server.receive_response(c, :infinity), :gen_server.receive_response(a, :infinity), :gen_server.receive_response(b, :infinity), O.mailbox()}))
O.step("a request to a server that crashes", (p = start.(1); r = :gen_server.send_request(p, {:do, fn _, _ -> exit(:crashed) end}); {:error, {reason, _}} = :gen_server.wait_response(r, :infinity); O.take_log(); {reason, O.mailbox()}))
O.step("wait_response: timeout, then the reply", (p = start.(1); r = :gen_server.send_request(p, {:do, fn _, s -> Process.sleep(40); {:reply, :slow, s} end}); {:gen_server.wait_response(r, 5), :gen_server.wait_response(r, :infinity)}))
O.step("receive_response: timeout gives the request up", (p = start.(1); r = :gen_server.send_request(p, {:do, fn _, s -> Process.sleep(40); {:reply, :slow, s} end}); a = :gen_server.receive_response(r, 5); Process.sleep(60); {a, O.mailbox()}))
O.step("check_response: a stray message, the reply", (p = start.(1); r = :gen_server.send_request(p, {:do, fn _, s -> {:reply, :now, s} end}); Process.sleep(10); [m] = O.mailbox(); {:gen_server.check_response(:stray, r), :gen_server.check_response(m, r)}))
O.step("a reply before the end of a callback that then crashes", (p = start.(1); r = O.catching(fn -> GenServer.call(p, {:do, fn from, _ -> GenServer.reply(from, :early); exit(:then) end}) end); m = Process.monitor(p); O.await_down(m); O.take_log(); {r, O.mailbox()}))
O.step("a reply to a caller that is gone", (p = start.(1); me = self(); c = spawn(fn -> GenServer.call(p, {:do, fn from, s -> send(me, {:from, from}); {:noreply, s} end}) end); from = (receive do {:from, f} -> f end); Process.exit(c, :kill); O.down(c); {GenServer.reply(from, :too_late), get.(p)}))
O.step("continue from init that stops: start is fine, then it ends", (r = GenServer.start_link(Z, {:cont, {:do, fn s -> {:stop, :from_continue, s} end}}); {elem(r, 0), (receive do {:EXIT, _, x} -> x after 300 -> :none end), O.take_log()}))
O.step("continue after a cast comes before what is queued", (p = start.([]); GenServer.cast(p, {:do, fn s -> Process.sleep(20); {:noreply, [:cast | s], {:continue, {:do, fn t -> {:noreply, [:continue | t]} end}}} end}); GenServer.cast(p, {:do, fn s -> {:noreply, [:queued | s]} end}); get.(p)))
O.step("multi_call with a missing node and a server that crashes", ({:ok, _} = GenServer.start(Z, 5, name: :zed); a = GenServer.multi_call([node(), :nowhere@nohost], :zed, {:do, fn _, s -> {:reply, s, s} end}, 200); b = GenServer.multi_call([node()], :zed, {:do, fn _, _ -> exit(:crash) end}, 200); O.take_log(); {a, b}))
O.step("abcast", ({:ok, p} = GenServer.start(Z, 5, name: :zed2); GenServer.abcast([node()], :zed2, {:do, fn s -> {:noreply, s + 1} end}); get.(p)))
O.step("a caller that times out and calls again gets its own reply", (p = start.(1); a = why.(O.catching(fn -> GenServer.call(p, {:do, fn _, s -> Process.sleep(40); {:reply, :first, s} end}, 10) end)); b = GenServer.call(p, {:do, fn _, s -> {:reply, :second, s} end}); {a, b, O.mailbox()}))
O.step("stop of a server that does not come to it in time", (p = start.(1); GenServer.cast(p, {:do, fn s -> Process.sleep(80); {:noreply, s} end}); {k, {r, _}} = O.catching(fn -> GenServer.stop(p, :normal, 10) end); m = Process.monitor(p); d = O.await_down(m); O.take_log(); {k, r, d}))
