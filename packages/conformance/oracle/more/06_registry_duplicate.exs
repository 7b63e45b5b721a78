Code.require_file("../oracle_helper.exs", __DIR__)
# Registry, keys: :duplicate: publish and subscribe.
{:ok, reg} = Registry.start_link(keys: :duplicate, name: D)
O.name(reg, "reg")
me = self()
other = fn -> p = spawn_link(fn -> send(me, :up); f = fn f -> receive do {:do, from, fun} -> send(from, {:did, fun.()}); f.(f); m -> send(me, {:heard, m}); f.(f) end end; f.(f) end); receive do :up -> p end end
ask = fn p, fun -> send(p, {:do, self(), fun}); receive do {:did, r} -> r end end
q = O.name(other.(), "q")
ok = fn {:ok, _} -> :ok; e -> e end
O.step("a key may be registered many times, by one process too", (a = ok.(Registry.register(D, "t", 1)); b = ok.(Registry.register(D, "t", 2)); c = ask.(q, fn -> ok.(Registry.register(D, "t", 3)) end); {a, b, c}))
O.step("lookup: all of them", Registry.lookup(D, "t") |> Enum.sort_by(&elem(&1, 1)))
O.step("keys of a process: with repeats", Registry.keys(D, me) |> Enum.sort())
O.step("values of a process under a key", {Registry.values(D, "t", me) |> Enum.sort(), Registry.values(D, "t", q)})
O.step("count, count_match", {Registry.count(D), Registry.count_match(D, "t", :_), Registry.count_match(D, "t", 2)})
O.step("match", {Registry.match(D, "t", 3), Registry.match(D, "t", 9), Registry.match(D, "t", :"$1", [{:>, :"$1", 1}]) |> Enum.sort_by(&elem(&1, 1))})
O.step("dispatch: the function gets all entries at once (one partition)", (Registry.dispatch(D, "t", fn es -> O.log(es |> Enum.map(&elem(&1, 1)) |> Enum.sort()) end); O.take_log()))
O.step("dispatch as publish: every entry gets the message", (Registry.dispatch(D, "t", fn es -> for {p, v} <- es, do: send(p, {:news, v}) end); Process.sleep(10); O.mailbox() |> Enum.sort()))
O.step("dispatch of nothing", {Registry.dispatch(D, "none", fn es -> O.log(es) end), O.take_log()})
O.step("unregister takes all own entries of the key", (r = Registry.unregister(D, "t"); {r, Registry.lookup(D, "t")}))
O.step("unregister_match takes those that match", (Registry.register(D, "t", 1); Registry.register(D, "t", 2); r = Registry.unregister_match(D, "t", 1); {r, Registry.lookup(D, "t") |> Enum.map(&elem(&1, 1)) |> Enum.sort()}))
O.step("an entry of another process is not taken", (Registry.unregister(D, "t"); Registry.lookup(D, "t") |> Enum.map(&elem(&1, 1))))
O.step("update_value is for unique keys only", (case O.catching(fn -> Registry.update_value(D, "t", & &1) end) do {k, %{__struct__: m}} -> {k, m} end))
O.step("via is for unique keys only", (case O.catching(fn -> Registry.whereis_name({D, "t"}) end) do {k, %{__struct__: m}} -> {k, m} end))
O.step("death takes all entries", (ask.(q, fn -> Registry.register(D, "u", 1) end); Process.unlink(q); Process.exit(q, :kill); O.down(q); O.wait_until(fn -> Registry.lookup(D, "t") == [] and Registry.lookup(D, "u") == [] end)))
O.step("count after all that", Registry.count(D))
{:ok, _} = Registry.start_link(keys: :duplicate, name: P4, partitions: 4)
O.step("partitions: dispatch calls the function once for each partition that has entries; all entries are reached", (
  ps = for i <- 1..8, do: (p = other.(); ask.(p, fn -> Registry.register(P4, "k", i) end); p)
  Registry.dispatch(P4, "k", fn es -> O.log(es |> Enum.map(&elem(&1, 1))) end)
  logs = O.take_log(); for p <- ps, do: (Process.unlink(p); Process.exit(p, :kill))
  {length(logs) <= 4, logs |> List.flatten() |> Enum.sort()}))
O.step("listeners of a duplicate registry", (
  l = spawn_link(fn -> Process.register(self(), :dup_listener); send(me, :ready); f = fn f -> receive do m -> send(me, {:event, m}); f.(f) end end; f.(f) end); receive do :ready -> l end
  {:ok, _} = Registry.start_link(keys: :duplicate, name: DL, listeners: [:dup_listener])
  Registry.register(DL, :a, 1); Registry.register(DL, :a, 2); Registry.unregister(DL, :a)
  for _ <- 1..3, do: (receive do {:event, e} -> e end)))
O.step("select over the whole registry", (Registry.register(D, "x", 1); Registry.register(D, "y", 2); Registry.select(D, [{{:"$1", :_, :"$2"}, [], [{{:"$1", :"$2"}}]}]) |> Enum.sort()))
