Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of one supervisor each: children of all restart types that start, ignore or fail, and twelve operations.
# A step is settled before the next one begins; what it gave, what was logged and what the supervisor says of its children follow.
O.trap()
defmodule Flags do
  def init({flags, specs}), do: {:ok, {flags, specs}}
end
defmodule RandomSupervisor do
  @ids [:c0, :c1, :c2, :c3, :c4, :c5]
  @ops [:crash, :crash, :crash, :kill, :terminate, :restart, :delete, :start, :both, :both]
  @reasons [:normal, :shutdown, {:shutdown, :x}, :boom, :boom, :boom]
  defp child(id, auto) do
    restart = Dice.from([:permanent, :permanent, :transient, :temporary])
    significant = Dice.pick(2) == 0 and auto != :never and restart != :permanent
    shutdown = Dice.from([:brutal_kill, 20, :infinity, 5000, 30])
    trap = Dice.pick(2) == 0
    hangs = Dice.pick(5) == 0 and trap
    starts = for n <- 0..9, do: (k = Dice.pick(12); if(n == 0 and k < 2 and Dice.pick(3) > 0, do: :go, else: outcome(k)))
    opts = [restart: restart, shutdown: shutdown, trap: trap, significant: significant, counter: :counters.new(1, []), init: &Enum.at(starts, rem(&1, 10))]
    W.spec(id, if(hangs, do: opts ++ [hang: if(shutdown == 20, do: 60, else: 2)], else: opts))
  end
  defp outcome(0), do: :ignore
  defp outcome(1), do: {:stop, :closed}
  defp outcome(_), do: :go
  defp make(n) do
    Dice.seed(n * 7919)
    strategy = Dice.from([:one_for_one, :one_for_all, :rest_for_one])
    intensity = Dice.from([0, 1, 2, 3, 10])
    auto = Dice.from([:never, :never, :any_significant, :all_significant])
    count = 2 + Dice.pick(4)
    specs = for i <- 0..(count - 1), do: child(Enum.at(@ids, i), auto)
    steps = for _ <- 1..12, do: {Dice.from(@ops), Dice.from(@ids), Dice.from(@ids), Dice.from(@reasons), child(Dice.from(@ids), auto)}
    {%{strategy: strategy, intensity: intensity, period: 1000, auto_shutdown: auto}, specs, steps}
  end
  def run(n) do
    {flags, specs, steps} = make(n)
    O.take_log()
    case :supervisor.start_link(Flags, {flags, specs}) do
      {:ok, s} ->
        m = Process.monitor(s)
        first = {:started, O.take_log(), S.ids(s)}
        lines = go(steps, s, [])
        if Process.alive?(s), do: Supervisor.stop(s)
        last = O.take_log()
        reason = O.await_down(m)
        O.mailbox()
        [first | lines] ++ [{:stopped, reason, last}]
      {:error, e} -> O.mailbox(); [{:failed, elem(e, 0), O.take_log()}]
    end
  end
  defp go([], _, lines), do: Enum.reverse(lines)
  defp go([step | rest], s, lines) do
    result = try do perform(step, s) catch :exit, {why, {_, _, _}} -> {:exit, why} end
    for _ <- 1..3, do: ((try do Supervisor.count_children(s) catch :exit, _ -> :ok end); Process.sleep(2))
    if Process.alive?(s) do
      c = Supervisor.count_children(s)
      go(rest, s, [{elem(step, 0), elem(step, 1), result, O.take_log(), S.ids(s), [c.active, c.specs, c.supervisors, c.workers]} | lines])
    else
      Enum.reverse([{elem(step, 0), elem(step, 1), result, O.take_log()} | lines])
    end
  end
  defp perform({:crash, id, _, r, _}, _), do: crash(id, r)
  defp perform({:kill, id, _, _, _}, _), do: kill(id)
  defp perform({:terminate, id, _, _, _}, s), do: Supervisor.terminate_child(s, id)
  defp perform({:restart, id, _, _, _}, s), do: slim(Supervisor.restart_child(s, id))
  defp perform({:delete, id, _, _, _}, s), do: Supervisor.delete_child(s, id)
  defp perform({:start, _, _, _, spec}, s), do: slim(Supervisor.start_child(s, spec))
  # Two ends that the supervisor sees at once.
  defp perform({:both, a, b, r, _}, s) do
    :sys.suspend(s)
    ends = {b, kill(a), crash(b, r)}
    try do :sys.resume(s) catch :exit, _ -> :ok end
    ends
  end
  defp crash(id, r), do: if(Process.whereis(id), do: W.crash(id, r), else: :none)
  defp kill(id), do: if(p = Process.whereis(id), do: (Process.exit(p, :kill); O.down(p); :killed), else: :none)
  defp slim({:ok, p}) when is_pid(p), do: {:ok, :pid}
  defp slim({:error, {:already_started, p}}) when is_pid(p), do: {:error, {:already_started, :pid}}
  defp slim({:error, {e, _}}), do: {:error, e}
  defp slim(x), do: x
end
for n <- 1..100, do: O.step("program #{n}", RandomSupervisor.run(n))
