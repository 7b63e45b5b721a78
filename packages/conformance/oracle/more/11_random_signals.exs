Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("lib/dice.exs", __DIR__)
# Random programs of links, monitors, aliases, names and exits, each done by four workers, one step at a time.
# A worker receives commands only; what else comes waits in its mailbox for a `drain`. A step is settled before the next one begins.
defmodule RandomProgram do
  @reasons [:normal, :shutdown, :crash, :kill, :killed, :noproc]
  @often [:link, :link, :link, :unlink, :monitor, :monitor, :exit_to, :exit_to, :trap, :drain, :drain]
  @seldom [:monitor_explicit, :monitor_bound, :monitor_once, :demonitor, :flush, :exit, :throw, :send, :untrap,
           :alias, :alias_once, :unalias, :send_ref, :info, :name, :unname, :send_name, :monitor_name, :spawn_link, :spawn_monitor]
  def make(n) do
    Dice.seed(n)
    first = for w <- 0..3, Dice.pick(5) < 3, do: {:trap, w, 0, 0, :normal}
    steps = for _ <- 1..40, do: {Dice.from(@often ++ @seldom), Dice.pick(4), Dice.pick(4), Dice.pick(4), Dice.from(@reasons)}
    last = for op <- [:drain, :info], w <- 0..3, do: {op, w, 0, 0, :normal}
    first ++ steps ++ last
  end
end
defmodule Worker do
  def start(driver, me), do: spawn(fn -> Process.put(:refs, []); loop(driver, me) end)
  defp loop(driver, me) do
    receive do
      {:cmd, c} -> r = run(c, me); send(driver, {:ack, self(), r}); loop(driver, me)
    end
  end
  defp run({:link, _, j, _, _}, _), do: safe(fn -> Process.link(at(j)) end)
  defp run({:unlink, _, j, _, _}, _), do: Process.unlink(at(j))
  defp run({:monitor, _, j, _, _}, _), do: keep(Process.monitor(at(j)))
  defp run({:monitor_explicit, _, j, _, _}, me), do: monitor(j, me, :explicit_unalias)
  defp run({:monitor_bound, _, j, _, _}, me), do: monitor(j, me, :demonitor)
  defp run({:monitor_once, _, j, _, _}, me), do: monitor(j, me, :reply_demonitor)
  defp run({:demonitor, _, _, k, _}, _), do: with_ref(k, &Process.demonitor(&1, [:info]))
  defp run({:flush, _, _, k, _}, _), do: with_ref(k, &Process.demonitor(&1, [:flush, :info]))
  defp run({:exit, _, _, _, r}, _), do: exit(r)
  defp run({:throw, _, _, _, r}, _), do: throw(r)
  defp run({:exit_to, _, j, _, r}, _), do: Process.exit(at(j), r)
  defp run({:send, _, j, k, _}, me), do: (send(at(j), {:msg, me, "to pid #{k}"}); :ok)
  defp run({:trap, _, _, _, _}, _), do: Process.flag(:trap_exit, true)
  defp run({:untrap, _, _, _, _}, _), do: Process.flag(:trap_exit, false)
  defp run({:alias, _, _, _, _}, _), do: keep(:erlang.alias())
  defp run({:alias_once, _, _, _, _}, _), do: keep(:erlang.alias([:reply]))
  defp run({:unalias, _, _, k, _}, _), do: with_ref(k, &:erlang.unalias/1)
  defp run({:send_ref, _, nil, _, _}, _), do: :none
  defp run({:send_ref, _, ref, k, _}, me), do: (send(ref, {:msg, me, "to ref #{k}"}); :ok)
  defp run({:ref, k}, _), do: with_ref(k, & &1)
  defp run({:drain, _, _, _, _}, _), do: drain([])
  defp run({:info, _, _, _, _}, _), do: info()
  defp run({:name, _, j, k, _}, _), do: safe(fn -> Process.register(at(j), named(k)) end)
  defp run({:unname, _, _, k, _}, _), do: safe(fn -> Process.unregister(named(k)) end)
  defp run({:send_name, _, _, k, _}, me), do: safe(fn -> send(named(k), {:msg, me, "to name #{k}"}); :ok end)
  defp run({:monitor_name, _, _, k, _}, _), do: keep(Process.monitor(named(k)))
  defp run({:spawn_link, _, _, _, r}, _), do: (spawn_link(fn -> exit(r) end); :ok)
  defp run({:spawn_monitor, _, _, _, r}, _), do: keep(elem(spawn_monitor(fn -> exit(r) end), 1))
  defp monitor(j, me, _) when j == me, do: :self
  defp monitor(j, _, mode), do: keep(:erlang.monitor(:process, at(j), alias: mode))
  defp keep(ref), do: (Process.put(:refs, Process.get(:refs) ++ [ref]); :ok)
  defp with_ref(k, f), do: (case Process.get(:refs) do [] -> nil; l -> f.(Enum.at(l, rem(k, length(l)))) end)
  defp safe(f), do: (try do f.() catch :error, _ -> :refused end)
  defp named(k), do: elem({:n0, :n1, :n2, :n3}, k)
  defp workers, do: :persistent_term.get(:workers)
  defp at(j), do: Enum.at(workers(), j)
  def index(pid), do: Enum.find_index(workers(), & &1 == pid) || :child
  # By sender, each in its order of arrival; neighbouring DOWNs of one process, which come in no certain order, sorted.
  defp drain(acc) do
    receive do
      m when elem(m, 0) != :cmd -> drain([show(m) | acc])
    after
      0 -> acc |> Enum.reverse() |> Enum.group_by(&elem(&1, 0)) |> Enum.sort() |> Enum.flat_map(fn {_, l} -> runs(l) end) |> Enum.join("; ")
    end
  end
  defp runs(l), do: l |> Enum.chunk_by(&elem(&1, 1)) |> Enum.flat_map(fn c = [{_, :down, _} | _] -> Enum.sort(c); c -> c end) |> Enum.map(&elem(&1, 2))
  defp show({:EXIT, p, r}), do: {"#{index(p)}", :other, "EXIT of #{index(p)} #{reason(r)}"}
  defp show({:DOWN, ref, :process, o, r}) do
    {from, what} = if is_pid(o), do: {"#{index(o)}", "#{index(o)}"}, else: {"name", "#{elem(o, 0)}"}
    {from, :down, "DOWN #{Enum.find_index(Process.get(:refs), & &1 == ref)} of #{what} #{reason(r)}"}
  end
  defp show({:msg, from, text}), do: {"#{from}", :other, "#{text} of #{from}"}
  def reason(r) when is_atom(r), do: "#{r}"
  def reason({{:nocatch, r}, _}), do: "nocatch #{r}"
  defp info do
    i = Process.info(self(), [:links, :monitors, :monitored_by, :trap_exit, :message_queue_len, :registered_name])
    monitors = for {:process, o} <- i[:monitors], do: if(is_pid(o), do: "#{index(o)}", else: "#{elem(o, 0)}")
    name = if i[:registered_name] == [], do: "none", else: i[:registered_name]
    "links #{list(i[:links])} monitors #{Enum.sort(monitors) |> Enum.join(",")} by #{list(i[:monitored_by])} traps #{i[:trap_exit]} queue #{i[:message_queue_len]} name #{name}"
  end
  defp list(pids), do: pids |> Enum.map(&"#{index(&1)}") |> Enum.reject(& &1 == "child") |> Enum.sort() |> Enum.join(",")
end
defmodule Driver do
  def perform(n) do
    me = self()
    workers = for i <- 0..3, do: Worker.start(me, i)
    :persistent_term.put(:workers, workers)
    ends = Map.new(workers, &{&1, Process.monitor(&1)})
    lines = for step <- RandomProgram.make(n), text = line(step, workers, ends), not String.ends_with?(text, ": dead"), do: text
    for w <- workers, do: (Process.demonitor(ends[w], [:flush]); Process.exit(w, :kill); O.down(w))
    lines
  end
  defp line({op, w, j, k, r}, workers, ends) do
    worker = Enum.at(workers, w)
    target = if op == :send_ref, do: command(Enum.at(workers, j), {:ref, k}, ends), else: j
    target = if target in ["dead", "ended"], do: nil, else: target
    result = command(worker, {op, w, target, k, r}, ends)
    Process.sleep(2)
    downs = for v <- workers, d = down(ends[v]), do: " #{Worker.index(v)}=#{Worker.reason(d)}"
    "#{op} #{w} #{j} #{k} #{r}: #{if is_reference(result), do: "ref", else: result}#{downs}"
  end
  defp command(worker, c, ends) do
    m = ends[worker]
    if Process.alive?(worker) do
      send(worker, {:cmd, c})
      receive do
        {:ack, ^worker, x} -> x
        {:DOWN, ^m, _, _, _} = d -> send(self(), d); "ended"
      end
    else
      "dead"
    end
  end
  defp down(m), do: (receive do {:DOWN, ^m, _, _, r} -> r after 0 -> nil end)
end
for n <- 1..60, do: O.step("program #{n}", Driver.perform(n))
