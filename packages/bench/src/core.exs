# The programs of core.ts on the BEAM: nanoseconds per operation, medians of five runs after one that is not counted.
defmodule Bench do
  def median(name, n, fun) do
    times =
      for run <- 0..5 do
        {us, _} = :timer.tc(fun)
        {run, us * 1000 / n}
      end
    sorted = times |> Enum.drop(1) |> Enum.map(&elem(&1, 1)) |> Enum.sort()
    IO.puts("#{name} #{Enum.at(sorted, 2)}")
  end

  def echo, do: (receive do {from, m} -> send(from, m); echo() end)
  def ping(_, 0), do: :ok
  def ping(p, n), do: (send(p, {self(), 1}); receive do 1 -> ping(p, n - 1) end)

  def count(parent, 0), do: send(parent, :done)
  def count(parent, n), do: (receive do _ -> count(parent, n - 1) end)
  def flood(_, 0), do: :ok
  def flood(p, n), do: (send(p, 1); flood(p, n - 1))

  def forward(to), do: (receive do n -> send(to, n - 1); if n > 1000, do: forward(to) end)
  def ring(to), do: (receive do n when n > 1000 -> send(to, n - 1); ring(to); _ -> :ok end)

  def spawns(0), do: :ok
  def spawns(n) do
    me = self()
    spawn(fn -> send(me, 1) end)
    receive do 1 -> spawns(n - 1) end
  end
end

Bench.median("ping-pong", 200_000, fn ->
  p = spawn(fn -> Bench.echo() end)
  Bench.ping(p, 200_000)
  Process.exit(p, :kill)
end)

Bench.median("counting", 1_000_000, fn ->
  me = self()
  p = spawn(fn -> Bench.count(me, 1_000_000) end)
  Bench.flood(p, 1_000_000)
  receive do :done -> :ok end
end)

Bench.median("ring", 1_000_000, fn ->
  first = Enum.reduce(1..1000, self(), fn _, to -> spawn(fn -> Bench.forward(to) end) end)
  send(first, 1_000_000)
  Bench.ring(first)
end)

Bench.median("spawn", 200_000, fn -> Bench.spawns(200_000) end)
