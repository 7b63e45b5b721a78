Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of trees of supervisors, three levels deep: crashes, kills, terminations and restarts of what is where.
# A step is settled before the next one begins; what it gave, what was logged and what each supervisor says of its children follow.
O.trap()
defmodule Branch do
  def start_link(tree, name), do: :supervisor.start_link({:local, name}, Branch, tree)
  def init({flags, specs}), do: {:ok, {flags, specs}}
end
defmodule RandomTree do
  @ops [:crash, :crash, :crash, :crash, :kill, :kill, :crash, :terminate, :restart]
  @reasons [:normal, :shutdown, :boom, :boom, :boom]
  defp branch(depth, prefix) do
    flags = %{strategy: Dice.from([:one_for_one, :one_for_all, :rest_for_one]), intensity: Dice.from([0, 1, 1, 2, 3]), period: 1000, auto_shutdown: Dice.from([:never, :never, :any_significant, :all_significant])}
    count = 1 + Dice.pick(3)
    specs = for i <- 1..count do
      id = :"#{prefix}#{i}"
      if depth > 0 and Dice.pick(2) == 0, do: inner(depth - 1, id, flags.auto_shutdown), else: leaf(id, flags.auto_shutdown)
    end
    {flags, specs}
  end
  defp inner(depth, id, auto) do
    restart = Dice.from([:permanent, :permanent, :transient, :temporary])
    significant = significant(auto, restart)
    %{id: id, start: {Branch, :start_link, [branch(depth, "#{id}_"), id]}, type: :supervisor, restart: restart, shutdown: :infinity, significant: significant}
  end
  defp leaf(id, auto) do
    restart = Dice.from([:permanent, :permanent, :permanent, :transient, :temporary])
    significant = significant(auto, restart)
    trap = Dice.pick(2) == 0
    starts = for n <- 0..9, do: (k = Dice.pick(16); if(n == 0, do: :go, else: outcome(k)))
    W.spec(id, restart: restart, shutdown: Dice.from([:brutal_kill, 5000, 30]), trap: trap, significant: significant, counter: :counters.new(1, []), init: &Enum.at(starts, rem(&1, 10)))
  end
  defp significant(auto, restart), do: Dice.pick(3) == 0 and auto != :never and restart != :permanent
  defp outcome(0), do: :ignore
  defp outcome(1), do: {:stop, :closed}
  defp outcome(_), do: :go
  defp leaves({_, specs}), do: Enum.flat_map(specs, fn %{type: :supervisor, start: {_, _, [tree, _]}} -> leaves(tree); %{id: id} -> [id] end)
  defp supervisors({_, specs}), do: Enum.flat_map(specs, fn %{type: :supervisor, id: id, start: {_, _, [tree, _]}} -> [id | supervisors(tree)]; _ -> [] end)
  def run(n) do
    Dice.seed(n * 7919 + 77)
    root = branch(2, "n")
    leaves = leaves(root)
    supervisors = [:root | supervisors(root)]
    steps = for _ <- 1..12, do: {Dice.from(@ops), Dice.from(leaves), Dice.from(@reasons), Dice.from(supervisors), Dice.pick(3)}
    O.take_log()
    {:ok, s} = Branch.start_link(root, :root)
    m = Process.monitor(s)
    first = {:started, O.take_log(), shot(supervisors)}
    lines = go(steps, s, supervisors, [])
    if Process.alive?(s), do: Supervisor.stop(s)
    last = O.take_log()
    reason = O.await_down(m)
    O.mailbox()
    [first | lines] ++ [{:stopped, reason, last}]
  end
  defp go([], _, _, lines), do: Enum.reverse(lines)
  defp go([step | rest], s, supervisors, lines) do
    result = try do perform(step) catch :exit, {why, {_, _, _}} -> {:exit, why} end
    for _ <- 1..3, do: (for x <- supervisors, do: (try do Supervisor.count_children(x) catch :exit, _ -> :ok end); Process.sleep(1))
    line = [elem(step, 0), elem(step, 1), result, O.take_log()]
    if Process.alive?(s), do: go(rest, s, supervisors, [line ++ [shot(supervisors)] | lines]), else: Enum.reverse([line | lines])
  end
  defp shot(supervisors), do: for(x <- supervisors, Process.whereis(x), do: {x, S.ids(x)})
  defp perform({:crash, id, r, _, _}), do: if(Process.whereis(id), do: W.crash(id, r), else: :none)
  defp perform({:kill, id, _, _, _}), do: if(p = Process.whereis(id), do: (Process.exit(p, :kill); O.down(p); :killed), else: :none)
  defp perform({:terminate, _, _, s, k}), do: with_child(s, k, &Supervisor.terminate_child(s, &1))
  defp perform({:restart, _, _, s, k}), do: with_child(s, k, &slim(Supervisor.restart_child(s, &1)))
  defp with_child(s, k, f) do
    case Process.whereis(s) && Enum.at(Supervisor.which_children(s), k) do
      {id, _, _, _} -> {id, f.(id)}
      nil -> :none
    end
  end
  defp slim({:ok, p}) when is_pid(p), do: {:ok, :pid}
  defp slim({:error, e}) when not is_atom(e), do: {:error, :other}
  defp slim(x), do: x
end
for n <- 1..80, do: O.step("program #{n}", RandomTree.run(n))
