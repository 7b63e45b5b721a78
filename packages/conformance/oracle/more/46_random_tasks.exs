Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of tasks: an owner starts some, then waits for them, looks at them, ends them, lets them go.
# Each task ends at multiples of 400 ms and 100 ms for each task before it; what the owner waits for takes multiples of 400 ms and 20 ms, so that no two things happen at once.
defmodule RandomTasks do
  @ends [:value, :value, :value, :crash, :normal, :shutdown, :shutdown_1, :raise, :throw, :kill, :forever, :deaf, :heeds]
  @actions [:sleep, :await, :await, :yield, :yield, :shutdown, :shutdown, :brutal, :ignore, :await_many, :yield_many]
  def make(n) do
    Dice.seed(n)
    for(_ <- 1..10, do: Dice.pick(2))
    trap = Dice.pick(2) == 1
    tasks = for i <- 0..Dice.pick(3), do: {i, Dice.from([:linked, :supervised, :nolink]), Dice.from(@ends), 400 * (1 + Dice.pick(3)) + 100 * i}
    actions = for _ <- 0..Dice.pick(4), do: {Dice.from(@actions), Dice.pick(length(tasks)), 400 * Dice.pick(3) + 20}
    {trap, tasks, actions}
  end

  # What the driver sees: the results, what lies in the mailbox, why the owner and each task ended.
  def run(n) do
    {trap, tasks, actions} = make(n)
    driver = self()
    {:ok, sup} = Task.Supervisor.start_link()
    {owner, ref} = spawn_monitor(fn -> owner(driver, sup, trap, tasks, actions) end)
    refs = for {i, _, _, _} <- tasks, do: (receive do {:started, ^i, pid} -> send(owner, :noted); {Process.monitor(pid), pid} end)
    results = collect([], ref)
    ends = for {r, pid} <- refs, do: (receive do {:DOWN, ^r, _, _, why} -> plain(why) after 1500 -> (Process.exit(pid, :kill); :ran_on) end)
    {results, ends}
  end
  defp collect(all, ref) do
    receive do
      {:result, r} -> collect([r | all], ref)
      {:DOWN, ^ref, _, _, why} -> Enum.reverse([{:owner, plain(why)} | all])
    end
  end

  defp owner(driver, sup, trap, specs, actions) do
    tasks = for {i, how, what, ms} <- specs, do: (t = start(how, sup, fn -> body(what, i, ms) end); send(driver, {:started, i, t.pid}); receive do :noted -> t end)
    Process.sleep(10) # now all of them have begun
    Process.flag(:trap_exit, trap)
    open = Enum.reduce(actions, Enum.to_list(0..(length(tasks) - 1)), fn a, open -> act(a, tasks, open, driver) end)
    send(driver, {:result, {:left, open, drain(tasks)}})
  end
  defp start(:linked, _, f), do: Task.async(f)
  defp start(:supervised, s, f), do: Task.Supervisor.async(s, f)
  defp start(:nolink, s, f), do: Task.Supervisor.async_nolink(s, f)
  defp body(:forever, _, _), do: Process.sleep(:infinity)
  defp body(:deaf, i, ms), do: (Process.flag(:trap_exit, true); Process.sleep(ms); i)
  defp body(:heeds, _, _), do: (Process.flag(:trap_exit, true); receive do {:EXIT, _, r} -> exit({:heeded, r}) end)
  defp body(what, i, ms), do: (Process.sleep(ms); finish(what, i))
  defp finish(:value, i), do: i
  defp finish(:raise, _), do: raise "raised"
  defp finish(:throw, _), do: throw(:thrown)
  defp finish(:kill, _), do: Process.exit(self(), :kill)
  defp finish(:shutdown_1, _), do: exit({:shutdown, 1})
  defp finish(reason, _), do: exit(reason)

  # An action is done with the tasks whose outcome the owner does not have yet; it gives those that are left.
  defp act({:sleep, _, ms}, _, open, _), do: (Process.sleep(ms); open)
  defp act({what, i, ms}, tasks, open, driver) when what in [:await, :yield, :shutdown, :brutal, :ignore] do
    if i in open do
      r = O.catching(fn -> one(what, Enum.at(tasks, i), ms) end)
      send(driver, {:result, {what, i, slim(r)}})
      if what == :yield and r == {:returned, nil}, do: open, else: List.delete(open, i)
    else
      open
    end
  end
  defp act({_, _, _}, _, [], _), do: []
  defp act({:await_many, _, ms}, tasks, open, driver) do
    send(driver, {:result, {:await_many, slim(O.catching(fn -> Task.await_many(Enum.map(open, &Enum.at(tasks, &1)), ms) end))}})
    []
  end
  defp act({:yield_many, _, ms}, tasks, open, driver) do
    rs = for {_, r} <- Task.yield_many(Enum.map(open, &Enum.at(tasks, &1)), ms), do: r
    send(driver, {:result, {:yield_many, Enum.map(rs, &outcome/1)}})
    for {i, nil} <- Enum.zip(open, rs), do: i
  end
  defp one(:await, t, ms), do: Task.await(t, ms)
  defp one(:yield, t, ms), do: Task.yield(t, ms)
  defp one(:shutdown, t, ms), do: Task.shutdown(t, ms)
  defp one(:brutal, t, _), do: Task.shutdown(t, :brutal_kill)
  defp one(:ignore, t, _), do: Task.ignore(t)

  defp slim({:returned, r}), do: {:returned, outcome(r)}
  defp slim({:exit, {r, {_, f, _}}}), do: {:exit, plain(r), f}
  defp outcome({:exit, r}), do: {:exit, plain(r)}
  defp outcome(r), do: r
  # A reason without its stack trace.
  defp plain({%RuntimeError{message: m}, _}), do: {:raised, m}
  defp plain({{:nocatch, t}, _}), do: {:nocatch, t}
  defp plain(r), do: r
  defp drain(tasks) do
    index = fn f -> Enum.find_index(tasks, f) end
    Enum.map(O.mailbox(), fn
      {:EXIT, pid, r} -> {:EXIT, index.(&(&1.pid == pid)), plain(r)}
      {:DOWN, ref, _, _, r} -> {:DOWN, index.(&(&1.ref == ref)), plain(r)}
      {ref, v} -> {:reply, index.(&(&1.ref == ref)), v}
    end)
  end
end
O.trap()
runs = for n <- 1..120, do: (t = Task.async(fn -> Process.flag(:trap_exit, true); RandomTasks.run(n) end); {n, t})
for {n, t} <- runs, do: O.step("program #{n}", Task.await(t, 60_000))
