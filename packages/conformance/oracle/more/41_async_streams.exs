Code.require_file("../oracle_helper.exs", __DIR__)
# Task.async_stream: who ends whom, in which order, and what is left behind.
O.trap()
list = fn s -> Enum.to_list(s) end
exits = fn -> O.mailbox() |> Enum.map(fn {:EXIT, _, r} -> r; m -> m end) end
boom = fn 2 -> exit(:boom); x -> x * 10 end
nap = fn ms -> Process.sleep(ms); ms end
# An exit of a stream, without its arguments.
slim = fn {k, {why, {m, f, a}}} when is_list(a) -> {k, {why, {m, f, length(a)}}}; x -> x end
O.step("a crash, trapping: an exit in its place, the mailbox is clean", {list.(Task.async_stream([1, 2, 3], boom, max_concurrency: 1)), exits.()})
O.step("a crash, not trapping: the caller dies with its reason", O.isolated(fn -> list.(Task.async_stream([1, 2, 3], boom, max_concurrency: 1)) end))
O.step("a crash of each kind", list.(Task.async_stream([fn -> exit(:e) end, fn -> throw(:t) end, fn -> exit(:normal) end, fn -> exit(:shutdown) end, fn -> exit({:shutdown, 1}) end, fn -> Process.exit(self(), :kill) end, fn -> :fine end], fn f -> f.() end)))
O.step("zip_input_on_exit: the input with each failure, not with results", list.(Task.async_stream([1, 2, 3], boom, zip_input_on_exit: true)))
O.step("timeouts, kill_task", list.(Task.async_stream([10, 200, 20], nap, timeout: 100, on_timeout: :kill_task, max_concurrency: 3)))
O.step("timeouts, kill_task, with the input", list.(Task.async_stream([10, 200, 20], nap, timeout: 100, on_timeout: :kill_task, zip_input_on_exit: true)))
O.step("a timeout, exit: the caller exits", slim.(O.catching(fn -> list.(Task.async_stream([10, 300], nap, timeout: 100)) end)))
O.step("and nothing is left", exits.())
O.step("unordered: in the order of the ends", list.(Task.async_stream([90, 30, 60], nap, ordered: false, max_concurrency: 3)))
O.step("unordered, two at once", list.(Task.async_stream([90, 30, 20, 10], nap, ordered: false, max_concurrency: 2)))
O.step("unordered with failures and timeouts", list.(Task.async_stream([60, 500, 20], fn 20 -> Process.sleep(20); exit(:early); ms -> nap.(ms) end, ordered: false, timeout: 200, on_timeout: :kill_task, max_concurrency: 3, zip_input_on_exit: true)))
O.step("unordered, a timeout while others go on", list.(Task.async_stream([900, 100, 100, 200], nap, ordered: false, timeout: 300, on_timeout: :kill_task, max_concurrency: 2)))
O.step("timeouts count from the start of each", list.(Task.async_stream([80, 80, 80], nap, timeout: 120, max_concurrency: 1)))
O.step("empty", list.(Task.async_stream([], nap)))
O.step("more at once than items", list.(Task.async_stream([1, 2], fn x -> x end, max_concurrency: 50)))
O.step("an infinite source, a few taken", Task.async_stream(Stream.iterate(0, &(&1 + 1)), fn x -> x * x end, max_concurrency: 3) |> Enum.take(5))
O.step("take leaves nothing behind", {Task.async_stream(Stream.iterate(0, &(&1 + 1)), fn x -> if x > 2, do: Process.sleep(:infinity); x end, max_concurrency: 3) |> Enum.take(2), exits.()})
O.step("taking none starts nothing", (me = self(); {Task.async_stream([1, 2], fn x -> send(me, x) end) |> Enum.take(0), O.mailbox()}))
O.step("left early: what runs is killed, also what traps exits", (me = self(); r = Task.async_stream([1, 2], fn 1 -> send(me, {:task, self()}); 1; 2 -> Process.flag(:trap_exit, true); send(me, {:task, self()}); Process.sleep(:infinity) end, max_concurrency: 2) |> Enum.take(1); ps = for({:task, p} <- O.mailbox(), do: O.down(p)); {r, Enum.all?(ps, &match?({:down, _}, &1))}))
O.step("a source that raises", {O.catching(fn -> list.(Task.async_stream(Stream.map([1, 2, 3], fn 3 -> raise "source"; x -> x end), fn x -> x end, max_concurrency: 1)) end), exits.()})
O.step("a consumer that raises", {O.catching(fn -> Enum.each(Task.async_stream([1, 2, 3], fn x -> x end), fn {:ok, 2} -> raise "consumer"; _ -> :ok end) end), exits.()})
O.step("the source is drawn as the caller", (me = self(); Task.async_stream(Stream.map([1], fn _ -> self() == me end), fn x -> x end) |> list.()))
O.step("nested", list.(Task.async_stream([1, 2], fn x -> list.(Task.async_stream([10, 20], fn y -> x * y end)) end)))
O.step("consumed twice: runs twice", (me = self(); s = Task.async_stream([1], fn x -> send(me, :ran); x end); a = list.(s); b = list.(s); {a, b, O.mailbox()}))
O.step("a consumer that is killed: its tasks end", (me = self(); p = spawn(fn -> Task.async_stream([1, 2], fn x -> send(me, {:task, self()}); Process.sleep(:infinity); x end, max_concurrency: 2) |> list.() end); ms = for(_ <- 1..2, do: (receive do {:task, t} -> Process.monitor(t) end)); Process.exit(p, :kill); for(m <- ms, do: O.await_down(m))))
O.step("an outcome that is there when the time is up", list.(Task.async_stream([50, 50], fn ms -> nap.(ms) end, timeout: 5000, max_concurrency: 2)))
O.step("a slow consumer: results wait, timeouts do not hit what has ended", Task.async_stream([10, 10, 10], nap, timeout: 60, max_concurrency: 3) |> Enum.map(fn r -> Process.sleep(100); r end))
