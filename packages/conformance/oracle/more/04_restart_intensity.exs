Code.require_file("../oracle_helper.exs", __DIR__)
Code.require_file("../workers.exs", __DIR__)
# Restart intensity: the window, what counts, escalation through a tree.
O.trap()
sup = fn specs, opts -> {:ok, s} = Supervisor.start_link(specs, [strategy: :one_for_one] ++ opts); s end
O.step("default: three restarts are fine, the fourth in five seconds ends it", (
  s = sup.([W.spec(:a)], []); m = Process.monitor(s)
  rs = for _ <- 1..3, do: (W.crash_sync(s, :a, :boom); Process.alive?(s))
  W.crash(:a, :boom)
  {rs, O.await_down(m), O.mailbox() |> Enum.map(fn {:EXIT, _, r} -> r end)}))
O.take_log()
O.step("max_restarts 0: the first crash ends it", (s = sup.([W.spec(:a), W.spec(:b, trap: true)], max_restarts: 0); m = Process.monitor(s); O.take_log(); W.crash(:a, :boom); {O.await_down(m), O.take_log()}))
O.mailbox()
O.step("restarts outside of the period do not count", (
  s = sup.([W.spec(:a)], max_restarts: 1, max_seconds: 1); W.crash_sync(s, :a, :boom); Process.sleep(2100); W.crash_sync(s, :a, :boom)
  r = Process.alive?(s); Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("restarts of different children count together", (s = sup.([W.spec(:a), W.spec(:b)], max_restarts: 1); m = Process.monitor(s); W.crash_sync(s, :a, :boom); W.crash(:b, :boom); O.await_down(m)))
O.mailbox(); O.take_log()
O.step("normal ends of a transient child do not count", (
  s = sup.([W.spec(:a, restart: :transient)], max_restarts: 0)
  W.crash_sync(s, :a, :normal); {:ok, _} = Supervisor.restart_child(s, :a); W.crash_sync(s, :a, :shutdown)
  r = {Process.alive?(s), S.ids(s)}; Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("ends of temporary children do not count", (s = sup.([W.spec(:a, restart: :temporary), W.spec(:b)], max_restarts: 0); W.crash_sync(s, :a, :boom); r = {Process.alive?(s), S.ids(s)}; Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("a permanent child that ends normally counts", (s = sup.([W.spec(:a)], max_restarts: 0); m = Process.monitor(s); W.crash(:a, :normal); O.await_down(m)))
O.mailbox(); O.take_log()
O.step("terminate_child and restart_child do not count", (s = sup.([W.spec(:a)], max_restarts: 0); for(_ <- 1..5, do: (:ok = Supervisor.terminate_child(s, :a); {:ok, _} = Supervisor.restart_child(s, :a))); r = Process.alive?(s); Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("one_for_all: a group restart counts once", (
  {:ok, s} = Supervisor.start_link([W.spec(:a), W.spec(:b), W.spec(:c)], strategy: :one_for_all, max_restarts: 1)
  W.crash_sync(s, :a, :boom); r = Process.alive?(s); m = Process.monitor(s); W.crash(:b, :boom); {r, O.await_down(m)}))
O.mailbox(); O.take_log()
O.step("giving up: the other children are stopped in reverse with shutdown", (
  s = sup.([W.spec(:a, trap: true), W.spec(:b, trap: true), W.spec(:c, trap: true)], max_restarts: 0); m = Process.monitor(s); O.take_log()
  W.crash(:b, :boom); {O.await_down(m), O.take_log()}))
O.mailbox(); O.take_log()
inner = fn restart, max -> %{id: :inner, type: :supervisor, restart: restart, start: {Supervisor, :start_link, [[W.spec(:x, trap: true)], [strategy: :one_for_one, max_restarts: max, name: :inner]]}} end
O.step("escalation: a permanent inner supervisor that gives up is restarted with its children", (
  s = sup.([inner.(:permanent, 0), W.spec(:y, trap: true)], max_restarts: 3); p = Process.whereis(:inner); m = Process.monitor(p); O.take_log()
  W.crash(:x, :boom); d = O.await_down(m); O.wait_until(fn -> Process.whereis(:x) != nil end); Supervisor.count_children(s)
  r = {d, Process.whereis(:inner) != p, O.take_log(), Supervisor.count_children(s)}; Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("a transient inner supervisor that gives up ends :shutdown and is not restarted", (
  s = sup.([inner.(:transient, 0), W.spec(:y)], []); m = Process.monitor(Process.whereis(:inner)); W.crash(:x, :boom); d = O.await_down(m)
  r = {d, S.ids(s)}; Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("escalation to the top: both give up, the starter gets shutdown", (
  s = sup.([inner.(:permanent, 0), W.spec(:y, trap: true)], max_restarts: 0); m = Process.monitor(s); O.take_log(); W.crash(:x, :boom)
  {O.await_down(m), O.take_log(), O.mailbox() |> Enum.map(fn {:EXIT, _, r} -> r end)}))
O.take_log()
O.step("a killed inner supervisor is a crash for its parent", (
  s = sup.([inner.(:transient, 3)], max_restarts: 3); p = Process.whereis(:inner); m = Process.monitor(p); Process.exit(p, :kill); d = O.await_down(m)
  O.wait_until(fn -> q = Process.whereis(:inner); q != nil and q != p end); Supervisor.count_children(s)
  r = {d, S.ids(s)}; Supervisor.stop(s); r))
O.mailbox(); O.take_log()
O.step("a crash of the last child while the supervisor is idle leaves the names free", (s = sup.([W.spec(:a)], max_restarts: 0); m = Process.monitor(s); W.crash(:a, :boom); O.await_down(m); Process.whereis(:a)))
O.mailbox(); O.take_log()
