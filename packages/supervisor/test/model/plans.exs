# Performs plans on the BEAM and prints what was observed, a step a line, as JSON: [answer, log, ends, tree].
# elixir plans.exs plans.terms. The counterpart of perform.ts.
defmodule Book do
  # Who runs, what was logged, who has ended. One process, so that all of it is in one order.
  use GenServer
  def start, do: GenServer.start(__MODULE__, nil, name: __MODULE__)
  def reset, do: GenServer.call(__MODULE__, :reset)
  def attempt(id), do: GenServer.call(__MODULE__, {:attempt, id}, :infinity)
  def log(event), do: GenServer.call(__MODULE__, {:log, event}, :infinity)
  def born(id, pid), do: GenServer.call(__MODULE__, {:born, id, pid}, :infinity)
  def life(pid), do: GenServer.call(__MODULE__, {:life, pid}, :infinity)
  def latest(id), do: GenServer.call(__MODULE__, {:latest, id}, :infinity)
  # The last process of that id, dead or alive.
  def last(id), do: GenServer.call(__MODULE__, {:last, id}, :infinity)
  def running, do: GenServer.call(__MODULE__, :running, :infinity)
  def take, do: GenServer.call(__MODULE__, :take, :infinity)
  def reason_of_end(life), do: GenServer.call(__MODULE__, {:reason, life}, :infinity)

  defp new, do: %{attempts: %{}, lives: %{}, running: %{}, latest: %{}, log: [], ends: [], reasons: %{}}
  def init(_), do: {:ok, new()}
  def handle_call(:reset, _, _), do: {:reply, :ok, new()}
  def handle_call({:attempt, id}, _, s) do
    n = Map.get(s.attempts, id, 0)
    {:reply, n, %{s | attempts: Map.put(s.attempts, id, n + 1)}}
  end
  def handle_call({:log, event}, _, s), do: {:reply, :ok, %{s | log: [event | s.log]}}
  def handle_call({:born, id, pid}, _, s) do
    n = Map.get(s.lives, id, 0) + 1
    life = "#{id}##{n}"
    Process.monitor(pid)
    {:reply, life, %{s | lives: Map.put(s.lives, id, n), running: Map.put(s.running, pid, life), latest: Map.put(s.latest, id, pid)}}
  end
  def handle_call({:life, pid}, _, s), do: {:reply, s.running[pid], s}
  def handle_call({:latest, id}, _, s) do
    pid = s.latest[id]
    {:reply, (if pid != nil and Map.has_key?(s.running, pid), do: pid), s}
  end
  def handle_call({:last, id}, _, s), do: {:reply, s.latest[id], s}
  def handle_call(:running, _, s), do: {:reply, s.running, s}
  def handle_call({:reason, life}, _, s), do: {:reply, s.reasons[life], s}
  def handle_call(:take, _, s), do: {:reply, {Enum.reverse(s.log), Enum.sort(s.ends)}, %{s | log: [], ends: []}}
  def handle_info({:DOWN, _, _, pid, reason}, s) do
    life = s.running[pid]
    text = T.text(reason)
    {:noreply, %{s | running: Map.delete(s.running, pid), ends: ["#{life} #{text}" | s.ends], reasons: Map.put(s.reasons, life, text)}}
  end
end

defmodule T do
  def text({:shutdown, :x}), do: "shutdown_term"
  def text({:already_started, _}), do: "already_started"
  def text(t) when is_tuple(t), do: "{" <> (t |> Tuple.to_list() |> Enum.map(&text/1) |> Enum.join(",")) <> "}"
  def text(a), do: to_string(a)
  def json(s) when is_binary(s), do: inspect(s, printable_limit: :infinity)
  def json(l) when is_list(l), do: "[" <> (Enum.map(l, &json/1) |> Enum.join(",")) <> "]"
end

defmodule W do
  use GenServer
  def start_link(node), do: GenServer.start_link(__MODULE__, node)
  def init(node) do
    if node.traps, do: Process.flag(:trap_exit, true)
    case Enum.at(node.starts, Book.attempt(node.id), :ok) do
      :ok -> Book.log("+" <> Book.born(node.id, self())); {:ok, {node, false}}
      :fail -> Book.log("?#{node.id}"); {:stop, :nope}
      :ignore -> Book.log("~#{node.id}"); :ignore
    end
  end
  def handle_cast({:exit, reason}, {node, _}), do: {:stop, reason, {node, true}}
  def handle_info(_, s), do: {:noreply, s}
  def terminate(reason, {node, leaving}) do
    Book.log("-#{Book.life(self())} #{T.text(reason)}")
    cond do
      leaving or node.ending == :plain -> :ok
      node.ending == :hang -> if reason == :shutdown, do: Process.sleep(:infinity)
      true -> exit(node.ending)
    end
  end
end

defmodule S do
  def init({flags, specs}), do: {:ok, {flags, specs}}
  def spec(%{kind: :worker} = n) do
    shutdown = if n.shutdown == :short, do: 30, else: n.shutdown
    %{id: n.id, restart: n.restart, significant: n.significant, shutdown: shutdown, start: {W, :start_link, [n]}}
  end
  def spec(n), do: %{id: n.id, restart: n.restart, significant: n.significant, shutdown: n.shutdown, type: :supervisor, start: {S, :start_link, [n]}}
  def start_link(%{kind: :dynamic} = n) do
    {:ok, pid} = DynamicSupervisor.start_link(strategy: :one_for_one, max_restarts: n[:maxRestarts], max_seconds: n[:maxSeconds], max_children: n[:maxChildren])
    Book.born(n.id, pid)
    {:ok, pid}
  end
  def start_link(n) do
    flags = %{strategy: n.strategy, auto_shutdown: n[:autoShutdown], intensity: n[:maxRestarts], period: n[:maxSeconds]}
    case :supervisor.start_link(S, {flags, Enum.map(n.children, &spec/1)}) do
      {:ok, pid} -> Book.born(n.id, pid); {:ok, pid}
      other -> other
    end
  end
end

defmodule P do
  def perform(%{root: root, operations: operations}) do
    Book.reset()
    case S.start_link(root) do
      {:ok, pid} -> observe("ok", pid); run(operations, pid)
      {:error, reason} -> observe_end("did not start: " <> T.text(reason))
    end
  end
  defp run([], pid), do: (Process.unlink(pid); Process.exit(pid, :kill); settle_all())
  defp run([operation | rest], pid) do
    answer = apply_operation(operation)
    if observe(answer, pid), do: run(rest, pid)
  end

  defp apply_operation(%{kind: :exit} = o), do: with_pid(o.id, fn pid -> ending(pid, fn -> GenServer.cast(pid, {:exit, reason(o.reason)}) end) end)
  defp apply_operation(%{kind: :kill} = o), do: with_pid(o.id, fn pid -> ending(pid, fn -> Process.exit(pid, :kill) end) end)
  defp apply_operation(%{kind: :start} = o), do: with_pid(o.supervisor, fn s -> answer(:supervisor.start_child(s, S.spec(o.node))) end)
  defp apply_operation(%{kind: :terminate} = o), do: with_pid(o.supervisor, fn s -> answer(:supervisor.terminate_child(s, o.id)) end)
  defp apply_operation(%{kind: :restart} = o), do: with_pid(o.supervisor, fn s -> answer(:supervisor.restart_child(s, o.id)) end)
  defp apply_operation(%{kind: :delete} = o), do: with_pid(o.supervisor, fn s -> answer(:supervisor.delete_child(s, o.id)) end)

  defp apply_operation(%{kind: :start_dynamic} = o), do: with_pid(o.supervisor, fn s -> answer(DynamicSupervisor.start_child(s, S.spec(o.node))) end)
  defp apply_operation(%{kind: :terminate_dynamic} = o), do: with_pid(o.supervisor, fn s -> case Book.last(o.id) do nil -> "skipped"; pid -> answer(DynamicSupervisor.terminate_child(s, pid)) end end)

  defp with_pid(id, fun), do: (case Book.latest(id) do nil -> "skipped"; pid -> fun.(pid) end)
  defp reason(:shutdown_term), do: {:shutdown, :x}
  defp reason(r), do: r
  defp answer(:ok), do: "ok"
  defp answer(:ignore), do: "ok undefined"
  defp answer({:ok, :undefined}), do: "ok undefined"
  defp answer({:ok, _}), do: "ok"
  # start_child answers with the child's record beside the reason
  defp answer({:error, {reason, child}}) when elem(child, 0) == :child, do: T.text(reason)
  defp answer({:error, reason}), do: T.text(reason)

  defp ending(pid, fun) do
    ref = Process.monitor(pid)
    fun.()
    receive do {:DOWN, ^ref, _, _, _} -> "ok" end
  end

  # True while the root runs.
  defp observe(answer, root) do
    case settle(root, nil, 0) do
      {:tree, tree} -> print(answer, tree); true
      :ended -> print(answer, "ended: " <> ended(root)); false
    end
  end
  defp observe_end(text), do: (settle_all(); print("ok", text))
  defp ended(_root), do: Book.reason_of_end("s1#1")
  defp print(answer, tree) do
    {log, ends} = Book.take()
    IO.puts(T.json([answer, log, ends, tree]))
  end

  # Until twice the same tree was seen, with nobody running outside of it: signals of one process to two others may come in any order.
  defp settle(root, before, times) do
    if Process.alive?(root) do
      seen = look(root)
      stable = seen != :busy and Enum.sort(elem(seen, 1)) == Enum.sort(Map.keys(Book.running()))
      cond do
        stable and seen == before and times >= 2 -> {:tree, elem(seen, 0)}
        stable and seen == before -> Process.sleep(1); settle(root, seen, times + 1)
        true -> Process.sleep(1); settle(root, seen, 0)
      end
    else
      settle_all()
      :ended
    end
  end
  defp settle_all, do: (if map_size(Book.running()) > 0, do: (Process.sleep(1); settle_all()))

  defp look(pid) do
    children = :supervisor.which_children(pid)
    counts = Map.new(:supervisor.count_children(pid))
    inside = Enum.map(children, fn {id, child, type, _} ->
      cond do
        child == :restarting -> :busy
        child == :undefined -> {"#{id}=undefined", []}
        type == :supervisor -> case look(child) do :busy -> :busy; {tree, pids} -> {"#{Book.life(child)}#{tree}", pids} end
        true -> {"#{Book.life(child)}", [child]}
      end
    end)
    if Enum.member?(inside, :busy) do
      :busy
    else
      text = Enum.map(inside, &elem(&1, 0)) |> Enum.join(" ")
      {"(#{text} | #{counts.specs} #{counts.active} #{counts.supervisors} #{counts.workers})", [pid | Enum.flat_map(inside, &elem(&1, 1))]}
    end
  catch
    :exit, _ -> :busy
  end
end

:logger.set_primary_config(:level, :none)
{:ok, _} = Book.start()
Process.flag(:trap_exit, true)
{:ok, plans} = :file.consult(hd(System.argv()))
Enum.each(plans, fn plan -> P.perform(plan); IO.puts("end") end)
