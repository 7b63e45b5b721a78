Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of one server each: callbacks that return anything, raise, end, send to themselves, answer late; casts, calls, messages,
# exit signals and stops that lie in its mailbox together, in three phases.
O.trap()
defmodule G do
  use GenServer
  # Its state is how many callbacks there were, and who waits for an answer.
  def init({trap, a}) do
    if trap, do: Process.flag(:trap_exit, true)
    O.log([:init])
    case a.kind do
      :ignore -> :ignore
      :stop -> {:stop, a.reason}
      :raise -> raise "boom"
      :exit -> exit(a.reason)
      :self_exit -> Process.exit(self(), a.reason); {:ok, {0, []}}
      :send_self -> send(self(), {:do, a.next}); {:ok, {0, []}}
      :go -> (case next(a) do nil -> {:ok, {0, []}}; x -> {:ok, {0, []}, x} end)
    end
  end
  def handle_call({:do, a}, from, {n, f}), do: run(:call, a, from, {n + 1, f})
  def handle_cast({:do, a}, {n, f}), do: run(:cast, a, nil, {n + 1, f})
  def handle_info({:do, a}, {n, f}), do: run(:info, a, nil, {n + 1, f})
  def handle_info({:EXIT, _, r}, {n, f}), do: (O.log([:EXIT, r]); {:noreply, {n + 1, f}})
  def handle_info(:timeout, {n, f}), do: (O.log([:timeout, n]); {:noreply, {n + 1, f}})
  def handle_continue({:do, a}, {n, f}), do: run(:continue, a, nil, {n + 1, f})
  def terminate(r, {n, f}), do: (O.log([:terminate, r, n, length(f)]); if(rem(n, 7) == 5, do: exit(:in_terminate)))
  defp next(%{next_step: :none}), do: nil
  defp next(%{next_step: :zero}), do: 0
  defp next(%{next_step: :soon}), do: 10
  defp next(%{next_step: :continue, next: a}), do: {:continue, {:do, a}}
  defp next(%{next_step: x}), do: x
  defp run(callback, a, from, {n, waiting} = s) do
    O.log([callback, a.id, n])
    case a.kind do
      :noreply -> go(a, if(from, do: {n, waiting ++ [from]}, else: s))
      :reply -> reply(a, from, s)
      :answer -> (for f <- waiting, do: GenServer.reply(f, {:answered, n})); reply(a, from, {n, []})
      :before -> if(from, do: GenServer.reply(from, {:before, n})); go(a, s)
      :stop -> {:stop, a.reason, s}
      :stop_reply -> if(from, do: {:stop, a.reason, {:last, n}, s}, else: {:stop, a.reason, s})
      :raise -> raise "boom"
      :exit -> exit(a.reason)
      :throw -> throw(:ball)
      :bad -> :bad
      :send_self -> send(self(), {:do, a.next}); go(a, s)
      :cast_self -> GenServer.cast(self(), {:do, a.next}); go(a, s)
      :link -> spawn_link(fn -> exit(a.reason) end); Process.sleep(1); go(a, s)
      :self_exit -> Process.exit(self(), a.reason); go(a, s)
      :sleep -> Process.sleep(3); go(a, s)
    end
  end
  defp go(a, s), do: (case next(a) do nil -> {:noreply, s}; x -> {:noreply, s, x} end)
  defp reply(a, nil, s), do: go(a, s)
  defp reply(a, _, {n, _} = s), do: (case next(a) do nil -> {:reply, n, s}; x -> {:reply, n, s, x} end)
end
defmodule RandomServer do
  @calm [:noreply, :reply, :reply, :answer, :before, :send_self, :cast_self, :sleep]
  @kinds [:noreply, :noreply, :noreply, :reply, :reply, :reply, :reply, :answer, :answer, :before, :send_self, :cast_self, :sleep,
          :stop, :stop_reply, :raise, :exit, :throw, :bad, :link, :self_exit]
  @last_steps [:none, :zero, :soon, :infinity, :hibernate]
  @steps [:none, :none, :zero, :soon, :infinity, :hibernate, :continue, :continue]
  @init_kinds [:go, :go, :go, :go, :go, :go, :go, :go, :ignore, :stop, :raise, :exit, :self_exit, :send_self]
  @ops [:cast, :cast, :cast, :info, :info, :call, :call, :call, :call, :parent, :stranger, :stop]
  defp action(0, calm), do: action_before(calm, @last_steps, %{id: 0, kind: :noreply, next_step: :none})
  defp action(depth, calm), do: (next = action(depth - 1, calm); action_before(calm, @steps, next))
  defp action_before(calm, steps, next) do
    %{id: Dice.pick(1000), kind: Dice.from(if(calm, do: @calm, else: @kinds)), next_step: Dice.from(steps), reason: Dice.from([:normal, :shutdown, {:shutdown, :x}, :boom]), next: next}
  end
  defp init_action, do: (a = action(2, true); %{a | kind: Dice.from(@init_kinds), reason: Dice.from([:normal, :shutdown, :boom])})
  defp op, do: {Dice.from(@ops), action(2, Dice.pick(3) > 0), Dice.from([:normal, :shutdown, :boom, :boom]), Dice.pick(8)}
  defp make(n), do: (Dice.seed(n * 7919 + 3); {Dice.pick(2) == 0, init_action(), for(_ <- 1..3, do: for(_ <- 1..(1 + Dice.pick(5)), do: op()))})
  def run(n) do
    {trap, init, phases} = make(n)
    O.take_log()
    O.mailbox()
    case GenServer.start_link(G, {trap, init}) do
      {:ok, p} ->
        m = Process.monitor(p)
        Process.sleep(40)
        first = {:started, O.take_log(), ended(m)}
        lines = phases(phases, p, m, [])
        Process.unlink(p)
        Process.exit(p, :kill)
        O.mailbox()
        [first | lines]
      result -> [{:not_started, result, O.take_log(), exits()}]
    end
  end
  # Whether it has ended; its DOWN stays for the next look.
  defp ended(m), do: (receive do {:DOWN, ^m, _, _, r} -> send(self(), {:DOWN, m, :process, nil, r}); {:down, r} after 0 -> :alive end)
  defp exits, do: O.mailbox() |> Enum.flat_map(fn {:EXIT, _, r} -> [r]; _ -> [] end)
  defp phases([], _, _, lines), do: Enum.reverse(lines)
  defp phases([ops | rest], p, m, lines) do
    if ended(m) != :alive do
      Enum.reverse([{:over, exits()} | lines])
    else
      :sys.suspend(p)
      answers = for o <- ops, do: perform(o, p)
      try do :sys.resume(p) catch :exit, _ -> :ok end
      Process.sleep(150)
      results = for {what, ref} <- answers, do: {what, if(ref, do: (receive do {^ref, x} -> x after 100 -> :no_answer end))}
      phases(rest, p, m, [{results, O.take_log(), ended(m)} | lines])
    end
  end
  defp perform({:cast, a, _, _}, p), do: (GenServer.cast(p, {:do, a}); {:cast, nil})
  defp perform({:info, a, _, _}, p), do: (send(p, {:do, a}); {:info, nil})
  defp perform({:call, a, _, _}, p), do: {:call, caller(fn -> GenServer.call(p, {:do, a}, 80) end)}
  defp perform({:parent, _, r, 0}, p), do: (Process.exit(p, r); Process.sleep(1); {:parent, nil})
  defp perform({:stranger, _, r, x}, p) when x < 3, do: (spawn(fn -> Process.exit(p, r) end); Process.sleep(1); {:stranger, nil})
  defp perform({:stop, _, r, x}, p) when x < 3, do: {:stop, caller(fn -> GenServer.stop(p, r, 80) end)}
  defp perform(_, _), do: {:nothing, nil}
  defp caller(f) do
    me = self()
    ref = make_ref()
    spawn(fn -> send(me, {ref, (try do {:ok, f.()} catch :exit, {why, {GenServer, _, _}} -> {:exit, plain(why)} end)}) end)
    Process.sleep(1)
    ref
  end
  # Where a stop finds no server any more, `:sys` is in its reason; a scenario of its own shows that.
  defp plain({why, {:sys, :terminate, _}}), do: why
  defp plain(why), do: why
end
for n <- 1..120, do: O.step("program #{n}", RandomServer.run(n))
