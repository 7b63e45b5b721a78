Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# PartitionSupervisor beyond the first steps; windows of the restart intensity; significant children in groups; mixed shutdown times.
alias PartitionSupervisor, as: PS
O.trap()
via = fn n, k -> {:via, PartitionSupervisor, {n, k}} end
kind = fn f -> case O.catching(f) do {k, %{__struct__: m}} -> {k, m}; {:exit, {e, _}} -> {:exit, e}; x -> x end end
drop = fn s -> if(Process.alive?(s), do: Supervisor.stop(s)); O.mailbox(); O.take_log() end
start = fn opts -> {:ok, s} = PS.start_link(Keyword.merge([child_spec: {Agent, fn -> 0 end}], opts)); s end
part = fn n, k -> GenServer.whereis(via.(n, k)) end
O.step("a killed partition comes back in its place, the others stay", (s = start.(name: :p1, partitions: 3); [a, b, c] = for(k <- 0..2, do: part.(:p1, k)); m = Process.monitor(b); Process.exit(b, :kill); O.await_down(m); PS.count_children(:p1); r = {part.(:p1, 0) == a, part.(:p1, 1) != b, is_pid(part.(:p1, 1)), part.(:p1, 2) == c}; drop.(s); r))
O.step("one_for_all, rest_for_one: who stays", for(strategy <- [:one_for_all, :rest_for_one], do: (s = start.(name: :p2, partitions: 3, strategy: strategy); ps = for(k <- 0..2, do: part.(:p2, k)); m = Process.monitor(Enum.at(ps, 1)); Process.exit(Enum.at(ps, 1), :kill); O.await_down(m); PS.count_children(:p2); r = {strategy, for(k <- 0..2, do: part.(:p2, k) == Enum.at(ps, k))}; drop.(s); r)))
O.step("send, call, cast through the name; negative and text keys reach a partition", (s = start.(name: :p3, partitions: 2); Agent.update(via.(:p3, 1), fn _ -> :one end); Agent.cast(via.(:p3, 0), fn _ -> :zero end); r = {for(k <- [0, 1, 2, 3, -1, -2], do: Agent.get(via.(:p3, k), & &1)), Agent.get(via.(:p3, "any"), & &1) in [:zero, :one]}; drop.(s); r))
O.step("a partition whose start fails: the supervisor does not start", (r = PS.start_link(child_spec: %{id: :x, start: {W, :start_link, [[init: fn _ -> {:stop, :nope} end]]}}, name: :p4, partitions: 2); O.mailbox(); O.take_log(); r))
O.step("a partition that ignores its start", (s = start.(name: :p5, partitions: 2, child_spec: %{id: :x, start: {W, :start_link, [[init: fn _ -> :ignore end]]}}); r = {PS.count_children(:p5), PS.partitions(:p5)}; drop.(s); r))
O.step("children of type supervisor are counted so", (s = start.(name: :p6, partitions: 2, child_spec: DynamicSupervisor); r = PS.count_children(:p6); drop.(s); r))
O.step("a temporary partition that ends is gone, and its key leads nowhere", (s = start.(name: :p7, partitions: 2, child_spec: %{id: :x, restart: :temporary, start: {Agent, :start_link, [fn -> 0 end]}}); p = part.(:p7, 1); m = Process.monitor(p); Process.exit(p, :kill); O.await_down(m); r = PS.count_children(:p7); drop.(s); r))
O.step("stop: partitions end, the last first", (s = start.(name: :p8, partitions: 3, child_spec: %{id: :x, start: {W, :start_link, [[trap: true]]}}, with_arguments: fn [o], i -> [[{:id, :"part#{i}"} | o]] end); l0 = O.take_log(); r = PS.stop(:p8); l = O.take_log(); O.mailbox(); _ = s; {l0, r, l}))
O.step("name taken", (s = start.(name: :p9, partitions: 1); O.name(s, "p9"); r = PS.start_link(child_spec: {Agent, fn -> 0 end}, name: :p9); drop.(s); r))
O.step("the supervisor is killed: its names lead nowhere", (s = start.(name: :p10, partitions: 1); p = part.(:p10, 0); m = Process.monitor(p); Process.exit(s, :kill); d = O.await_down(m); r = {d, kind.(fn -> part.(:p10, 0) end), kind.(fn -> PS.count_children(:p10) end)}; O.mailbox(); r))
O.step("in a tree: restarted under its name with new partitions", (
  {:ok, s} = Supervisor.start_link([{PS, child_spec: {Agent, fn -> 0 end}, name: :p11, partitions: 2}], strategy: :one_for_one); p = part.(:p11, 0); q = Process.whereis(:p11); m = Process.monitor(q); n = Process.monitor(p); Process.exit(q, :kill); O.await_down(m); O.await_down(n); Supervisor.count_children(s)
  r = {part.(:p11, 0) != p, PS.count_children(:p11).active, Supervisor.which_children(s) |> Enum.map(fn {i, c, t, mo} -> {i, is_pid(c), t, mo} end)}; drop.(s); r))
sup = fn specs, opts -> {:ok, s} = Supervisor.start_link(specs, Keyword.merge([strategy: :one_for_one], opts)); s end
O.step("the window slides: as many as allowed in each period, for ever", (s = sup.([W.spec(:a)], max_restarts: 2, max_seconds: 1); r = for(_ <- 1..3, do: (W.crash_sync(s, :a, :boom); W.crash_sync(s, :a, :boom); Process.sleep(2100); Process.alive?(s))); drop.(s); r))
O.step("one too many within the window, spread over it", (s = sup.([W.spec(:a)], max_restarts: 2, max_seconds: 2); m = Process.monitor(s); W.crash_sync(s, :a, :boom); Process.sleep(600); W.crash_sync(s, :a, :boom); Process.sleep(600); W.crash(:a, :boom); r = O.await_down(m); O.mailbox(); O.take_log(); r))
O.step("failed restarts fill the window as well", (c = :counters.new(1, []); s = sup.([W.spec(:a, counter: c, init: fn n when n in [1, 2] -> {:stop, :no}; _ -> :go end)], max_restarts: 3, max_seconds: 60); m = Process.monitor(s); W.crash(:a, :boom); O.wait_until(fn -> S.ids(s) == [a: :pid] end); al = Process.alive?(s); W.crash(:a, :boom); r = {al, O.await_down(m), :counters.get(c, 1)}; O.mailbox(); O.take_log(); r))
defmodule Raw do def init(a), do: {:ok, a} end # Elixir 1.14 drops :auto_shutdown
auto_sup = fn specs, strategy, auto -> :supervisor.start_link(Raw, {%{strategy: strategy, intensity: 3, period: 5, auto_shutdown: auto}, specs}) end
tr = fn id, opts -> W.spec(id, [trap: true] ++ opts) end
ended = fn s, m -> case O.await_down(m, 100) do :no_down -> i = S.ids(s); drop.(s); {:alive, i}; r -> O.mailbox(); {:ended, r, O.take_log()} end end
for {strategy, auto, label, act} <- [
  {:rest_for_one, :any_significant, "a significant transient one crashes: restarted with those behind it", fn s -> W.crash_sync(s, :b, :boom) end},
  {:rest_for_one, :any_significant, "a significant transient one ends normally: the supervisor ends", fn _ -> W.crash(:b, :normal) end},
  {:one_for_all, :any_significant, "a crash of another restarts the significant ones", fn s -> W.crash_sync(s, :a, :boom) end},
  {:one_for_all, :all_significant, "one of two ends normally", fn s -> W.crash_sync(s, :b, :normal) end},
  {:one_for_all, :all_significant, "both end normally", fn s -> W.crash_sync(s, :b, :normal); W.crash(:c, :normal) end},
  {:one_for_all, :all_significant, "one ends normally, the other crashes and brings it back", fn s -> W.crash_sync(s, :b, :normal); W.crash_sync(s, :c, :boom) end},
  {:rest_for_one, :all_significant, "one is terminated, the other ends", fn s -> Supervisor.terminate_child(s, :b); W.crash(:c, :shutdown) end},
  {:rest_for_one, :any_significant, "one is terminated: no end", fn s -> Supervisor.terminate_child(s, :b) end},
  {:rest_for_one, :never, "never: no significant child is allowed", nil}
] do
  O.step("#{strategy} #{auto}: #{label}", (
    specs = [tr.(:a, []), tr.(:b, restart: :transient, significant: true), tr.(:c, restart: :transient, significant: true), tr.(:d, [])]
    case auto_sup.(specs, strategy, auto) do
      {:ok, s} -> O.take_log(); m = Process.monitor(s); act.(s); ended.(s, m)
      e -> O.mailbox(); e
    end))
end
O.step("a significant temporary one that is killed ends the supervisor; siblings get shutdown", ({:ok, s} = auto_sup.([tr.(:a, []), W.spec(:t, restart: :temporary, significant: true)], :one_for_one, :any_significant); O.take_log(); m = Process.monitor(s); Process.exit(Process.whereis(:t), :kill); ended.(s, m)))
O.step("mixed shutdown times: one after another, last first, each in its own way", (
  s = sup.([tr.(:plain, []), tr.(:bk, shutdown: :brutal_kill), tr.(:late, hang: 300, shutdown: 30), tr.(:inf, hang: 40, shutdown: :infinity), tr.(:zero, hang: 200, shutdown: 0), W.spec(:deaf)], []); O.take_log(); ms = for(id <- [:plain, :bk, :late, :inf, :zero, :deaf], do: {id, Process.monitor(Process.whereis(id))}); Supervisor.stop(s)
  l = O.take_log() |> Enum.reject(&match?([:terminate, :zero, _], &1)); {for({id, m} <- ms, do: {id, O.await_down(m)}), l} |> tap(fn _ -> O.mailbox() end)))
O.step("an inner supervisor that is killed at once: its children hear killed", (s = sup.([%{id: :inner, type: :supervisor, shutdown: :brutal_kill, start: {Supervisor, :start_link, [[tr.(:x, [])], [strategy: :one_for_one]]}}], []); m = Process.monitor(Process.whereis(:x)); O.take_log(); Supervisor.stop(s); {O.await_down(m), O.take_log()} |> tap(fn _ -> O.mailbox() end)))
