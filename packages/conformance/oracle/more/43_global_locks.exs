Code.require_file("../oracle_helper.exs", __DIR__)
# global: locks, transactions, several names.
O.trap()
n = [node()]
try_lock = fn r, q -> :global.set_lock({r, q}, n, 0) end
# A process that holds a lock until it is told to end.
holder = fn r, q -> me = self(); p = spawn(fn -> send(me, {:held, :global.set_lock({r, q}, n, 0)}); receive do :go -> :ok end end); receive do {:held, h} -> {p, h} end end
finish = fn p -> m = Process.monitor(p); send(p, :go); O.await_down(m) end
gone = fn r -> O.wait_until(fn -> ok = try_lock.(r, :probe); if ok, do: :global.del_lock({r, :probe}, n); ok end) end
O.step("a lock, the same again, another requester", {try_lock.(:a, :me), try_lock.(:a, :me), try_lock.(:a, :other)})
O.step("one unlock is enough", {:global.del_lock({:a, :me}, n), try_lock.(:a, :other), :global.del_lock({:a, :other}, n)})
O.step("unlocking what is not locked, or for another requester", (try_lock.(:b, :me); r = {:global.del_lock({:none, :me}, n), :global.del_lock({:b, :other}, n), try_lock.(:b, :third)}; :global.del_lock({:b, :me}, n); r))
O.step("another process of the requester shares the lock", ({p, h} = holder.(:c, :us); r = {h, try_lock.(:c, :us), try_lock.(:c, :them)}; finish.(p); r))
O.step("and it is held until both let go", (a = try_lock.(:c, :them); :global.del_lock({:c, :us}, n); {a, gone.(:c)}))
O.step("a process does not unlock for another one of the requester", ({p, _} = holder.(:d, :us); :global.del_lock({:d, :us}, n); a = try_lock.(:d, :them); finish.(p); {a, gone.(:d)}))
O.step("a holder that is killed lets go", ({p, _} = holder.(:e, :us); a = try_lock.(:e, :me); m = Process.monitor(p); Process.exit(p, :kill); O.await_down(m); {a, gone.(:e)}))
O.step("who waits gets the lock in the end", ({p, _} = holder.(:f, :us); me = self(); w = spawn(fn -> r = :global.set_lock({:f, :waiting}, n); send(me, {:got, r}); receive do :go -> :ok end end); early = O.recv(50); finish.(p); r = O.recv(10_000); finish.(w); {early, r}))
O.step("a few retries, then false", ({p, _} = holder.(:g, :us); r = :global.set_lock({:g, :me}, n, 1); finish.(p); r))
O.step("trans: the result, and the lock is gone", {:global.trans({:h, :me}, fn -> {:inside, try_lock.(:h, :other)} end, n, 0), gone.(:h)})
O.step("trans: aborted", ({p, _} = holder.(:i, :us); me = self(); r = :global.trans({:i, :me}, fn -> send(me, :ran) end, n, 0); finish.(p); {r, O.mailbox()}))
O.step("trans: an error, an exit, a throw pass, and the lock is gone", (for f <- [fn -> raise "in trans" end, fn -> exit(:bye) end, fn -> throw(:ball) end], do: {O.catching(fn -> :global.trans({:j, :me}, f, n, 0) end), gone.(:j)}))
O.step("trans inside of trans, same lock: the inner one unlocks", :global.trans({:k, :me}, fn -> {:global.trans({:k, :me}, fn -> :inner end, n, 0), gone.(:k)} end, n, 0))
O.step("trans of a killed process: the lock is gone", (me = self(); p = spawn(fn -> :global.trans({:l, :me}, fn -> send(me, :in); Process.sleep(:infinity) end, n, 0) end); O.recv(); m = Process.monitor(p); Process.exit(p, :kill); O.await_down(m); gone.(:l)))
O.step("resources and requesters are any terms", {try_lock.({:table, 1}, [self()]), try_lock.({:table, 1}, [self()]), try_lock.({:table, 1}, [:x]), try_lock.({:table, 2}, [:x]), :global.del_lock({{:table, 1}, [self()]}, n)})
O.step("a lock and a name are two things", {try_lock.(:m, :me), :global.register_name(:m, self()), :global.whereis_name(:m), :global.unregister_name(:m), try_lock.(:m, :other), :global.del_lock({:m, :me}, n)})
idle = fn -> spawn(fn -> receive do :go -> :ok end end) end
O.step("one process, two names: no", (p = O.name(idle.(), "two"); r = {:global.register_name(:n1, p), :global.register_name(:n2, p), :global.whereis_name(:n2)}; r))
O.step("a dead process has no names", (p = :global.whereis_name(:n1); finish.(p); O.wait_until(fn -> :global.whereis_name(:n1) == :undefined end); {:global.whereis_name(:n1), :global.registered_names()}))
O.step("two names by re_register_name", (p = O.name(idle.(), "both"); r = {:global.re_register_name(:n3, p), :global.re_register_name(:n4, p), :global.whereis_name(:n3), :global.whereis_name(:n4), :global.register_name(:n5, p)}; :global.unregister_name(:n3); {r, :global.whereis_name(:n3), :global.whereis_name(:n4), :global.register_name(:n5, p)}))
O.step("they go with it", (p = :global.whereis_name(:n4); finish.(p); O.wait_until(fn -> :global.registered_names() == [] end)))
:application.set_env(:kernel, :global_multi_name_action, :allow)
O.step("two names, allowed", (p = O.name(idle.(), "allowed"); r = {:global.register_name(:n6, p), :global.register_name(:n7, p), :global.register_name(:n7, self())}; s = Enum.sort(:global.registered_names()); finish.(p); {r, s, O.wait_until(fn -> :global.registered_names() == [] end)}))

