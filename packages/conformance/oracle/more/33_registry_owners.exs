Code.require_file("../oracle_helper.exs", __DIR__)
# Registry: owners, links, death of the registry, listeners, dispatch that fails, via names with values, select.
O.trap()
{:ok, reg} = Registry.start_link(keys: :unique, name: R)
me = self()
other = fn trap -> p = spawn(fn -> if(trap, do: Process.flag(:trap_exit, true)); send(me, :up); f = fn f -> receive do {:do, from, fun} -> send(from, {:did, fun.()}); f.(f); {:EXIT, _, r} -> send(me, {:exit_heard, r}); f.(f); :stop -> :ok end end; f.(f) end); receive do :up -> p end end
ask = fn p, fun -> send(p, {:do, self(), fun}); receive do {:did, r} -> r end end
ok = fn {:ok, _} -> :ok; e -> e end
kind = fn f -> case O.catching(f) do {k, %{__struct__: m}} -> {k, m}; {k, v} when k in [:returned] -> {k, v}; {k, {e, _}} -> {k, e}; {k, v} -> {k, v} end end
O.step("registering twice, under another key too", (O.name(me, "me"); {ok.(Registry.register(R, :a, 1)), Registry.register(R, :a, 2), ok.(Registry.register(R, :b, 2)), Registry.keys(R, me) |> Enum.sort()}))
O.step("a taken key: who has it", (q = O.name(other.(false), "q"); ask.(q, fn -> Registry.register(R, :q, 1) end); {Registry.register(R, :q, 5), Registry.lookup(R, :q)}))
O.step("keys of a stranger, of a dead process", (d = spawn(fn -> :ok end); O.down(d); {Registry.keys(R, spawn(fn -> Process.sleep(50) end)), Registry.keys(R, d)}))
O.step("values: under a key, of the wrong process", {Registry.values(R, :a, me), Registry.values(R, :q, me)})
O.step("update_value: own, missing, of another", {Registry.update_value(R, :a, &(&1 + 10)), Registry.update_value(R, :none, & &1), Registry.update_value(R, :q, & &1), Registry.lookup(R, :a) |> Enum.map(&elem(&1, 1))})
O.step("unregister: own, missing, of another", {Registry.unregister(R, :b), Registry.unregister(R, :none), Registry.unregister(R, :q), Registry.lookup(R, :q) |> length()})
O.step("unregister_match: no match, match", {Registry.unregister_match(R, :a, 99), Registry.lookup(R, :a) |> length(), Registry.unregister_match(R, :a, 11), Registry.lookup(R, :a)})
O.step("unregister_match with a guard", (Registry.register(R, :g, 5); Registry.unregister_match(R, :g, :"$1", [{:<, :"$1", 3}]); a = Registry.lookup(R, :g) |> length(); Registry.unregister_match(R, :g, :"$1", [{:>, :"$1", 3}]); {a, Registry.lookup(R, :g)}))
O.step("a registered process is linked to the registry while it has entries", (p = other.(false); l0 = Process.info(p, :links) |> elem(1) |> length(); ask.(p, fn -> Registry.register(R, :l1, 0) end); l1 = Process.info(p, :links) |> elem(1) |> length(); ask.(p, fn -> Registry.register(R, :l2, 0) end); l2 = Process.info(p, :links) |> elem(1) |> length(); ask.(p, fn -> Registry.unregister(R, :l1) end); l3 = Process.info(p, :links) |> elem(1) |> length(); ask.(p, fn -> Registry.unregister(R, :l2) end); l4 = Process.info(p, :links) |> elem(1) |> length(); {l0, l1, l2, l3, l4}))
O.step("a key is free when its owner is dead, however it died", for(how <- [:normal, :kill, :boom], do: (p = other.(false); ask.(p, fn -> Registry.register(R, :free, how) end); if(how == :normal, do: send(p, :stop), else: Process.exit(p, how)); O.down(p); r = O.wait_until(fn -> Registry.lookup(R, :free) == [] end); r2 = ok.(Registry.register(R, :free, 0)); Registry.unregister(R, :free); {how, r, r2})))
O.step("via with a value", ({:ok, a} = Agent.start_link(fn -> 7 end, name: {:via, Registry, {R, "v", :val}}); {Registry.lookup(R, "v") |> Enum.map(&elem(&1, 1)), Agent.get({:via, Registry, {R, "v"}}, & &1), GenServer.whereis({:via, Registry, {R, "v"}}) == a, Registry.whereis_name({R, "v"}) == a, Registry.keys(R, a)}))
O.step("via: taken, missing", (O.name(GenServer.whereis({:via, Registry, {R, "v"}}), "v"); {Agent.start_link(fn -> 0 end, name: {:via, Registry, {R, "v"}}), GenServer.whereis({:via, Registry, {R, "none"}}), kind.(fn -> Registry.send({R, "none"}, :x) end) |> elem(0), Registry.whereis_name({R, "none"}), Registry.unregister_name({R, "none"})}))
O.step("register_name, for oneself", {Registry.register_name({R, :rn}, me), Registry.register_name({R, :rn}, me), Registry.unregister_name({R, :rn}), Registry.whereis_name({R, :rn})})
O.step("send to a via name", (Registry.register(R, :inbox, 0); Registry.send({R, :inbox}, :hello); O.recv()))
O.step("count, count_match, match", {Registry.count(R), Registry.count_match(R, :inbox, 0), Registry.count_match(R, :inbox, 1), Registry.match(R, :inbox, :_) |> length()})
O.step("select: key, pid, value with a guard", (Registry.register(R, :n1, 1); Registry.register(R, :n2, 2); Registry.select(R, [{{:"$1", :"$2", :"$3"}, [{:is_integer, :"$3"}, {:>, :"$3", 0}], [{{:"$1", :"$3"}}]}]) |> Enum.filter(fn {k, _} -> k in [:n1, :n2] end) |> Enum.sort()))
O.step("count_select", Registry.count_select(R, [{{:"$1", :_, :"$3"}, [{:==, :"$3", 2}], [true]}]))
O.step("dispatch of unique keys", (Registry.dispatch(R, :n1, fn es -> O.log(Enum.map(es, &elem(&1, 1))) end); Registry.dispatch(R, :none, fn _ -> O.log(:called) end); O.take_log()))
O.step("dispatch whose function raises, throws", for(f <- [fn _ -> raise "in dispatch" end, fn _ -> throw(:ball) end], do: kind.(fn -> Registry.dispatch(R, :n1, f) end)))
O.step("meta", {Registry.meta(R, :m), Registry.put_meta(R, :m, 1), Registry.meta(R, :m), Registry.put_meta(R, :m, 2), Registry.meta(R, :m), Registry.delete_meta(R, :m), Registry.meta(R, :m), Registry.delete_meta(R, :m)})
O.step("meta from the start", ({:ok, _} = Registry.start_link(keys: :unique, name: RM, meta: [a: 1]); Registry.meta(RM, :a)))
O.step("a registry that does not run", for(f <- [fn -> Registry.lookup(NoReg, :a) end, fn -> Registry.register(NoReg, :a, 1) end, fn -> Registry.keys(NoReg, me) end, fn -> Registry.count(NoReg) end, fn -> Registry.meta(NoReg, :a) end, fn -> GenServer.whereis({:via, Registry, {NoReg, :a}}) end], do: kind.(f)))
O.step("the name of a registry is taken", (O.name(reg, "reg"); Registry.start_link(keys: :unique, name: R)))
O.step("bad options", for(o <- [[name: B1], [keys: :many, name: B2], [keys: :unique], [keys: :unique, name: B3, partitions: 0], [keys: :unique, name: B4, listeners: :l]], do: kind.(fn -> Registry.start_link(o) end)))
O.step("listeners: own events only for register and unregister", (
  l = spawn_link(fn -> Process.register(self(), :lis); send(me, :ready); f = fn f -> receive do m -> send(me, {:event, m}); f.(f) end end; f.(f) end); receive do :ready -> l end
  {:ok, _} = Registry.start_link(keys: :unique, name: RL, listeners: [:lis]); p = O.name(other.(false), "lp")
  ask.(p, fn -> Registry.register(RL, :k, 1) end); ask.(p, fn -> Registry.update_value(RL, :k, & &1 + 1) end); ask.(p, fn -> Registry.unregister(RL, :k) end); ask.(p, fn -> Registry.register(RL, :k, 3) end); Process.exit(p, :kill); O.down(p); Process.sleep(20)
  f = fn f -> receive do {:event, e} -> [e | f.(f)] after 0 -> [] end end; f.(f)))
O.step("the registry is killed: who is registered dies, unless it traps", (
  {:ok, r} = Registry.start_link(keys: :unique, name: RK); a = other.(false); b = other.(true); c = other.(false); for({p, k} <- [a: a, b: b], do: ask.(k, fn -> Registry.register(RK, p, 0) end))
  m = Process.monitor(a); Process.exit(r, :kill); d = O.await_down(m); h = receive do {:exit_heard, x} -> x after 500 -> :none end; {d, h, Process.alive?(b), Process.alive?(c)} |> tap(fn _ -> O.mailbox() end)))
O.step("a partition is killed: the registry restarts empty", (
  {:ok, r} = Registry.start_link(keys: :unique, name: RP); a = other.(true); ask.(a, fn -> Registry.register(RP, :a, 0) end); [{_, p, _, _}] = Supervisor.which_children(r); Process.exit(p, :kill); O.down(p)
  O.wait_until(fn -> match?([{_, q, _, _}] when is_pid(q) and q != p, Supervisor.which_children(r)) end); {Process.alive?(r), Registry.lookup(RP, :a), ok.(Registry.register(RP, :a, 1))} |> tap(fn _ -> O.mailbox() end)))
O.step("a supervisor with a registry and a process named by it: rest_for_one", (
  {:ok, s} = Supervisor.start_link([{Registry, keys: :unique, name: RS}, %{id: :ag, start: {Agent, :start_link, [fn -> 1 end, [name: {:via, Registry, {RS, :ag}}]]}}], strategy: :rest_for_one)
  p = GenServer.whereis({:via, Registry, {RS, :ag}}); Process.exit(Process.whereis(RS), :kill); O.down(p); O.wait_until(fn -> match?({:returned, q} when is_pid(q) and q != p, O.catching(fn -> GenServer.whereis({:via, Registry, {RS, :ag}}) end)) end)
  {Agent.get({:via, Registry, {RS, :ag}}, & &1), Supervisor.count_children(s).active} |> tap(fn _ -> Supervisor.stop(s); O.mailbox() end)))
O.step("child_spec", Registry.child_spec(keys: :unique, name: CS) |> Map.drop([:start]))
